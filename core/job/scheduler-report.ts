import type { SchedulerReport } from './job.ts';

/** What an entry of the history keeps of a scheduler's word; `undefined` for anything else. */
export function schedulerReportOf(value: unknown): SchedulerReport | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, state, nodes, reason, restarts }: Record<string, unknown> = { ...value };
  if (typeof id !== 'string' || typeof state !== 'string' || typeof nodes !== 'string' || typeof restarts !== 'number') return undefined;
  return { id, state, nodes, restarts, ...(typeof reason === 'string' ? { reason } : {}) };
}
