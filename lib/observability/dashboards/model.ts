/** What numbers are of; each renderer has its own word for it. */
export type Unit = 'count' | 'seconds' | 'milliseconds' | 'usd' | 'usdPerHour' | 'percent' | 'bytes';

/** A value that a dimension may have, and what a reader is told instead. */
export interface DimensionValue {
  readonly value: string;
  readonly label: string;
}

/** A metric of CloudWatch, or one for each value of a dimension. */
export interface MetricSource {
  readonly kind: 'metric';
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** A dimension beside those: a line for each of its values. */
  readonly over?: { readonly dimension: string; readonly values: readonly DimensionValue[] };
  /** As CloudWatch writes it: `Sum`, `p99`. */
  readonly statistic: string;
  readonly label: string;
}

/** Arithmetic over metrics, in CloudWatch's words. None of them is spread over a dimension. */
export interface MathSource {
  readonly kind: 'math';
  readonly expression: string;
  /** What the names in the expression stand for; they begin with a lower-case letter. */
  readonly using: Readonly<Record<string, MetricSource>>;
  readonly label: string;
}

/** Whatever metrics have these dimensions and contain a text: for values that nobody knows beforehand. */
export interface SearchSource {
  readonly kind: 'search';
  readonly namespace: string;
  readonly name: string;
  /** Names of the dimensions, all that the metrics have. */
  readonly dimensions: readonly string[];
  /** What a dimension's value has to be. */
  readonly where: Readonly<Record<string, string>>;
  readonly statistic: string;
  readonly label: string;
}

export type Series = MetricSource | MathSource | SearchSource;

/** A query of Logs Insights. */
export interface LogSource {
  readonly logGroup: string;
  /** Commands; pipes come between them. */
  readonly query: readonly string[];
}

interface Shown {
  readonly title: string;
  /** Of 24. */
  readonly width: number;
  readonly height: number;
  /** What a reader should know who sees it for the first time. */
  readonly description?: string;
}

/** Lines over time. */
export interface GraphPanel extends Shown {
  readonly kind: 'graph';
  readonly unit: Unit;
  readonly stacked?: boolean;
  readonly series: readonly Series[];
}

/** A number for each series, over the whole time that is looked at or over the last `days`. */
export interface NumberPanel extends Shown {
  readonly kind: 'number';
  readonly unit: Unit;
  readonly days?: number;
  readonly series: readonly Series[];
}

/** Rows of a query. The columns of `heat` are per cent, coloured from good (0) to bad (100) where colours can be had. */
export interface TablePanel extends Shown {
  readonly kind: 'table';
  readonly logs: LogSource;
  readonly heat?: readonly string[];
}

/** A bar for each row of a query that has a name and a number. */
export interface BarPanel extends Shown {
  readonly kind: 'bars';
  readonly unit: Unit;
  readonly logs: LogSource;
}

/** The deployment's alarms and how they stand. */
interface AlarmPanel extends Shown {
  readonly kind: 'alarms';
}

/** Markdown. */
export interface TextPanel extends Shown {
  readonly kind: 'text';
  readonly markdown: string;
}

export type Panel = GraphPanel | NumberPanel | TablePanel | BarPanel | AlarmPanel | TextPanel;

/** Panels below a heading, from left to right; what does not fit goes below. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** What a reader types in: it takes the place of `placeholder` wherever that stands. */
export interface Variable {
  readonly id: string;
  readonly label: string;
  readonly placeholder: string;
}

/** A dashboard, whatever shows it. */
export interface DashboardDefinition {
  /** After the deployment's name: `cost` makes `orchestrator-cost`. Empty for that of operators. */
  readonly suffix: string;
  readonly title: string;
  /** Hours that it looks back at first. */
  readonly hours: number;
  readonly variables: readonly Variable[];
  readonly rows: readonly Row[];
}
