import { ofType, synthesize, type Resource } from './synthesize.ts';

/** A widget as CloudWatch has it. */
export interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** The body of a dashboard. */
export interface Body {
  readonly widgets: readonly Widget[];
  readonly variables?: readonly Readonly<Record<string, unknown>>[];
}

/** A metric of a widget. */
export interface ShownMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: string;
}

/** A dashboard's body as CloudWatch gets it; what CloudFormation fills in is `<name>`. */
function bodyOf({ Properties }: Resource): Body {
  const body = Properties['DashboardBody'];
  const [, pieces] = (body as { 'Fn::Join': [string, unknown[]] })['Fn::Join'] ?? ['', [body]];
  return JSON.parse(pieces.map((piece) => (typeof piece === 'string' ? piece : named(piece))).join('')) as Body;
}

const named = (reference: unknown): string => `<${String(Object.values(reference as object)[0])}>`;

/** The dashboards of a configuration by their names. */
export function dashboardsOf(configuration: unknown): ReadonlyMap<string, Body> {
  const made = ofType(synthesize(configuration).observability.resources, 'AWS::CloudWatch::Dashboard');
  return new Map(made.map(([, resource]) => [String(resource.Properties['DashboardName']), bodyOf(resource)]));
}

/** The metrics of a widget; expressions are none. */
export function metricsOf({ properties }: Widget): readonly ShownMetric[] {
  let before: readonly unknown[] = [];
  return ((properties['metrics'] ?? []) as unknown[][]).flatMap((line) => {
    // A dot stands for what the line before has there.
    const full = line.map((part, index) => (part === '.' ? before[index] : part));
    before = full;
    const [namespace, name, ...rest] = full.filter((part) => typeof part === 'string');
    if (namespace === undefined || name === undefined) return [];
    const dimensions = Object.fromEntries(Array.from({ length: rest.length / 2 }, (_, index) => [rest[2 * index], rest[2 * index + 1]]));
    const { stat: statistic = 'Average' } = full.find((part): part is { stat?: string } => typeof part === 'object') ?? {};
    return [{ namespace, name, dimensions, statistic }];
  });
}

/** The expressions of a widget. */
export function expressionsOf({ properties }: Widget): readonly string[] {
  return ((properties['metrics'] ?? []) as unknown[][]).flat().flatMap((part) =>
    (typeof part === 'object' && part !== null && 'expression' in part ? [String(part.expression)] : []));
}
