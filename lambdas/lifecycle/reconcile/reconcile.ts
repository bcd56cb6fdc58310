import type { CapacityProvider } from '../../../core/ports/capacity-provider.ts';
import type { Executions } from '../../../core/ports/executions.ts';
import type { DeadlineStore } from '../../../core/ports/job-store.ts';
import type { SettlePorts } from '../settle-step.ts';
import { enforceDeadlines } from './enforce-deadlines.ts';
import { sweepInstances } from './sweep-instances.ts';
import { tendAttempts } from './tend-attempts.ts';

export interface ReconcilePorts extends SettlePorts {
  readonly deadlines: DeadlineStore;
  readonly executions: Executions;
  readonly capacity: CapacityProvider;
  readonly log: { info(message: string, facts: Record<string, unknown>): void; error(message: string, facts: Record<string, unknown>): void };
}

/** What a pass did: all zero where the events did their work. */
export interface ReconcileReport {
  readonly deadlines: number;
  readonly executionsStarted: number;
  readonly stepsPolled: number;
  readonly orphansTerminated: number;
  readonly nodesLost: number;
  readonly failures: number;
}

/**
 * The second line behind every event, once a minute: deadlines, executions that never started or died, tokens that
 * nobody answered, instances without a living attempt, nodes that are gone. One part that fails does not keep the
 * others from their work; the pass then fails at its end, so that the failure is seen.
 */
export async function reconcile(ports: ReconcilePorts): Promise<ReconcileReport> {
  const errors: unknown[] = [];
  const guarded = async <T>(part: string, work: () => Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      errors.push(error);
      ports.log.error(`reconcile: ${part} failed`, { error });
      return otherwise;
    }
  };
  const deadlines = await guarded('deadlines', () => enforceDeadlines(ports), 0);
  const tended = await guarded('attempts', () => tendAttempts(ports), { executionsStarted: 0, stepsPolled: 0 });
  const swept = await guarded('instances', () => sweepInstances(ports), { orphansTerminated: 0, nodesLost: 0 });
  const report = { deadlines, ...tended, ...swept, failures: errors.length };
  ports.log.info('reconciled', { report });
  if (errors.length > 0) throw new AggregateError(errors, `${errors.length} parts of the reconciler failed`);
  return report;
}
