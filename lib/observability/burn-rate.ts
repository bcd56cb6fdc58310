import { renamed } from './renamed.ts';
import type { CountedMetric, ServiceLevel } from './slo.ts';

/** Arithmetic over metrics, in CloudWatch's words. */
export interface Calculation {
  readonly expression: string;
  /** What the names in the expression stand for. */
  readonly metrics: Readonly<Record<string, CountedMetric & { readonly statistic: string }>>;
}

/**
 * How many times as fast as it may the budget of errors burns: 1 uses it up exactly in the time that the target is for.
 * Nothing where there was nothing: CloudWatch looks further back then, for up to three windows, before it takes silence for good news.
 * @param least Bad events below which it is 0.
 */
export function burnRate(level: ServiceLevel, least = 0): Calculation {
  const { bad, share, metrics } = parts(level);
  const rate = `${share} / ${allowed(level)}`;
  // A count that is worked out from per cent is not quite whole.
  return { metrics, expression: least === 0 ? rate : `IF(${bad} > ${least - 0.5}, ${rate}, 0)` };
}

/** The burn rate of the level that burns fastest. Of those of which there was nothing, nothing is taken. */
export function worstBurnRate(levels: readonly ServiceLevel[], least = 0): Calculation {
  const [only] = levels;
  if (only !== undefined && levels.length === 1) return burnRate(only, least);
  const rates = levels.map((level, index) => {
    const { expression, metrics } = burnRate(level, least);
    const { parts: named, ...rate } = renamed(expression, metrics, (name) => `${name}${index}`);
    return { ...rate, metrics: named };
  });
  return { expression: `MAX([${rates.map(({ expression }) => expression).join(', ')}])`, metrics: Object.assign({}, ...rates.map(({ metrics }) => metrics)) as Calculation['metrics'] };
}

/** Per cent of the budget of errors that is left of the time that is looked at; below 0 where it is overdrawn. */
export function budgetLeft(level: ServiceLevel): Calculation {
  const { share, metrics } = parts(level);
  return { metrics, expression: `100 * (1 - ${share} / ${allowed(level)})` };
}

/** What share may be bad; without the dust of binary fractions. */
function allowed({ target }: ServiceLevel): number {
  return Number((1 - target).toPrecision(6));
}

function parts({ indicator }: ServiceLevel): { readonly bad: string; readonly share: string } & Pick<Calculation, 'metrics'> {
  if (indicator.kind === 'durations') {
    const { of, limitSeconds } = indicator;
    return {
      // Per cent of the values that are not above the limit: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
      metrics: { within: { ...of, statistic: `PR(:${limitSeconds})` }, count: { ...of, statistic: 'SampleCount' } },
      bad: 'count * (100 - within) / 100',
      share: '(100 - within) / 100',
    };
  }
  const all = indicator.all.map((metric, index) => [`all${index}`, { ...metric, statistic: 'Sum' }] as const);
  return {
    metrics: { bad: { ...indicator.bad, statistic: 'Sum' }, ...Object.fromEntries(all) },
    bad: 'FILL(bad, 0)',
    share: `FILL(bad, 0) / ${all.length === 1 ? 'all0' : `(${all.map(([name]) => `FILL(${name}, 0)`).join(' + ')})`}`,
  };
}
