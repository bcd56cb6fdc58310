import type { MetricName } from '../../core/metrics/catalogue.ts';
import { outcomes } from '../../core/lifecycle/states.ts';
import { PRIORITY_CLASSES } from '../../core/manifest/schema.ts';
import type { DeploymentConfiguration } from '../configuration/schema.ts';
import type { Severity } from './severity.ts';

/** A metric of the catalogue, at one value of its dimensions. */
export interface CountedMetric {
  readonly metric: MetricName;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** What is counted: events of which some are bad, or durations of which some are longer than they should be. */
type Indicator =
  | { readonly kind: 'events'; readonly bad: CountedMetric; readonly all: readonly CountedMetric[] }
  | { readonly kind: 'durations'; readonly of: CountedMetric; readonly limitSeconds: number };

/**
 * An alarm that rings while the budget of errors burns `factor` times as fast as it may, both in a long window, so that it
 * matters, and in a short one, so that it goes on: https://sre.google/workbook/alerting-on-slos/.
 */
interface Burn {
  readonly severity: Severity;
  readonly factor: number;
  readonly longMinutes: number;
  readonly shortMinutes: number;
  /** Bad events in the long window below which nothing rings: where there are few, one is a large share. */
  readonly least: number;
}

/** What a deployment promises of itself, and how it is measured. */
export interface ServiceLevel {
  readonly id: string;
  /** What its alarms are called, before `Fast` and `Slow`. Levels that have one name have one alarm, on the worst of them. */
  readonly alarm: string;
  readonly title: string;
  /** What is good, a sentence without its end. */
  readonly promise: string;
  /** What share of all is good. */
  readonly target: number;
  readonly indicator: Indicator;
  readonly burns: readonly Burn[];
  /** Its section of the runbook. */
  readonly section: string;
  /** What the measurement does not see, and what does. */
  readonly blind: string;
}

/** Days over which a target is to hold. */
export const targetDays = 30;

const least = 3;
/** 2 % of a month's budget in an hour. */
const fast = { severity: 'wake', factor: 14.4, longMinutes: 60, shortMinutes: 5, least } as const satisfies Burn;
/** 5 % of a month's budget in six hours. */
const slow = { severity: 'look', factor: 6, longMinutes: 360, shortMinutes: 30, least } as const satisfies Burn;

const plain = (metric: MetricName): CountedMetric => ({ metric, dimensions: {} });

/** What a deployment with these settings promises. */
export function serviceLevels({ objectives }: Pick<DeploymentConfiguration['telemetry'], 'objectives'>): readonly ServiceLevel[] {
  return [
    {
      id: 'SubmissionAvailability', alarm: 'SubmissionAvailability', title: 'Submissions are answered', target: 0.999,
      promise: 'A submission is answered with something else than 5xx',
      indicator: { kind: 'events', bad: plain('SubmissionFaults'), all: [plain('Submissions')] },
      burns: [fast, slow], section: 'submissions-fail',
      blind: 'A function that never began, or was killed, counts nothing: `ApiServerErrors` rings for what API Gateway answers then.',
    },
    {
      id: 'SubmissionLatency', alarm: 'SubmissionLatency', title: 'Submissions are quick', target: 0.99,
      promise: `A submission takes at most ${span(objectives.submissionSeconds)}`,
      indicator: { kind: 'durations', of: plain('SubmissionSeconds'), limitSeconds: objectives.submissionSeconds },
      burns: [fast, slow], section: 'submissions-slow',
      blind: 'Measured in the function: what API Gateway and the start of a function add is not in it.',
    },
    ...(Object.keys(PRIORITY_CLASSES) as (keyof typeof PRIORITY_CLASSES)[]).toReversed().map((name) => timeToCapacity(name, objectives.capacityMinutes[name] * 60)),
    {
      id: 'FailuresExplained', alarm: 'FailuresExplained', title: 'Failures are explained', target: 0.995,
      promise: 'A job that has ended did so for a cause that `orch why` knows',
      indicator: {
        kind: 'events', bad: plain('JobsUnexplained'),
        all: outcomes.map((outcome) => ({ metric: 'JobsEnded', dimensions: { Outcome: outcome } })),
      },
      // Each one rings by itself: JobsUnexplained.
      burns: [], section: 'jobs-unexplained',
      blind: 'Whether the cause that is named is the right one.',
    },
  ];
}

/** An alarm of one level, or of the worst of several. */
export interface WatchedLevels {
  readonly id: string;
  readonly levels: readonly [ServiceLevel, ...ServiceLevel[]];
  readonly burn: Burn;
}

/** The alarms on what is promised. */
export function watchedLevels(all: readonly ServiceLevel[]): readonly WatchedLevels[] {
  return [...Map.groupBy(all, ({ alarm }) => alarm)].flatMap(([alarm, [first, ...others]]) => (first === undefined ? [] : first.burns.map((burn) => (
    { id: `${alarm}${burn.severity === 'wake' ? 'Fast' : 'Slow'}`, levels: [first, ...others] as const, burn }
  ))));
}

/** Nobody is woken for what EC2 has not: the launcher tries on by itself. */
function timeToCapacity(priorityClass: keyof typeof PRIORITY_CLASSES, limitSeconds: number): ServiceLevel {
  return {
    id: `TimeToCapacity${priorityClass.charAt(0).toUpperCase()}${priorityClass.slice(1)}`, alarm: 'TimeToCapacity',
    title: `Jobs of class ${priorityClass} get their machines`, target: 0.95,
    promise: `The whole gang of a job of priority class \`${priorityClass}\` is launched within ${span(limitSeconds)} of its submission`,
    indicator: { kind: 'durations', of: { metric: 'SecondsToCapacity', dimensions: { PriorityClass: priorityClass } }, limitSeconds },
    burns: [slow], section: 'capacity-late',
    blind: 'Jobs that have no machines yet: `CapacityWait` rings where they have tried and got none for so long, `OldestWait` where it is not their turn. Who gives up (`NO_CAPACITY`) counts as late, however short its patience was; who is cancelled does not count.',
  };
}

/** Seconds that jobs of each priority class may wait for their machines. */
export function capacitySeconds({ objectives }: Pick<DeploymentConfiguration['telemetry'], 'objectives'>): readonly (readonly [priorityClass: string, seconds: number])[] {
  return Object.entries(objectives.capacityMinutes).map(([priorityClass, minutes]) => [priorityClass, minutes * 60]);
}

/** An alarm on money: what jobs hold costs so many times as much as the month's budget allows, over some time. */
export interface BudgetBurn {
  readonly id: string;
  readonly severity: Severity;
  readonly factor: number;
  /** Hours that a mean is made of, and how many of these in a row have to be above. */
  readonly hours: number;
  readonly inARow: number;
}

/** The month's budget would be gone in five days, and in twenty. */
export const budgetBurns: readonly BudgetBurn[] = [
  { id: 'BudgetFast', severity: 'look', factor: 6, hours: 6, inARow: 1 },
  { id: 'BudgetSlow', severity: 'know', factor: 1.5, hours: 24, inARow: 3 },
];

/** Hours of a month, as prices count them. */
const hoursOfMonth = 730;

/** USD an hour at which a budget burns so fast. */
export function burningUsdPerHour(monthlyBudgetUsd: number, { factor }: BudgetBurn): number {
  return Number((factor * monthlyBudgetUsd / hoursOfMonth).toPrecision(6));
}

/** Seconds in the largest unit that has a whole number of them. */
export function span(seconds: number): string {
  for (const [unit, length] of [['days', 86_400], ['hours', 3600], ['minutes', 60]] as const) {
    if (seconds % length === 0 && seconds / length > 1) return `${seconds / length} ${unit}`;
  }
  return `${seconds} s`;
}
