import type { GraphPanel, LogSource, NumberPanel, Series, TablePanel, TextPanel, Unit } from './model.ts';

const third = { width: 8, height: 6 } as const;

/** Lines over time, three panels beside one another. */
export function graph(title: string, unit: Unit, series: readonly Series[], description?: string): GraphPanel {
  return { kind: 'graph', ...third, title, unit, series, ...(description === undefined ? {} : { description }) };
}

/** The same, one upon another: where the sum is of interest. */
export function stack(title: string, unit: Unit, series: readonly Series[], description?: string): GraphPanel {
  return { ...graph(title, unit, series, description), stacked: true };
}

/** Numbers over the whole time that is looked at. */
export function numbers(title: string, unit: Unit, series: readonly Series[], description?: string): NumberPanel {
  return { kind: 'number', width: 8, height: 4, title, unit, series, ...(description === undefined ? {} : { description }) };
}

/** Rows of a query, over the whole width. */
export function table(title: string, logs: LogSource, description?: string): TablePanel {
  return { kind: 'table', width: 24, height: 8, title, logs, ...(description === undefined ? {} : { description }) };
}

/** Markdown over the whole width. */
export function text(markdown: string, height = 2): TextPanel {
  return { kind: 'text', width: 24, height, title: '', markdown };
}
