import type { ImpairedInstance, ProviderInstance } from '../../../core/capacity/gang.ts';
import { InternalError } from '../../../core/errors/orchestrator-error.ts';
import { impairmentOf } from '../../../core/lifecycle/hung-nodes.ts';
import { reconciliationMeasurements } from '../../../core/metrics/of-reconciliation.ts';
import { spendMeasurements } from '../../../core/metrics/of-spend.ts';
import type { Unheard } from '../../../core/ports/capacity-provider.ts';
import { jobKeys, type JobKeys } from '../../runtime/job-keys.ts';
import type { Guard, ReconcilePorts } from './reconcile-ports.ts';
import { sweepInstances } from './sweep-instances.ts';
import { sweepPlacementGroups } from './sweep-placement-groups.ts';
import { nothing, tendAttempts } from './tend-attempts.ts';

/** What a pass did: all zero where the events did their work. */
export interface ReconcileReport {
  readonly timesOver: number;
  readonly executionsStarted: number;
  readonly stepsPolled: number;
  readonly orphansTerminated: number;
  readonly placementGroupsRemoved: number;
  readonly nodesLost: number;
  readonly jobsStuck: number;
  readonly machinesLeft: number;
  readonly attemptsUnread: number;
  readonly failures: number;
}

/**
 * The second line behind every event, once a minute: instances without a living attempt, executions that never started
 * or died, nodes that are gone or hang, time that is over, tokens that nobody answered. What fails keeps nothing else from its turn;
 * the pass then fails at its end, so that the failure is seen.
 */
export async function reconcile(ports: ReconcilePorts): Promise<ReconcileReport> {
  const errors: unknown[] = [];
  const fail = (what: string, error: unknown, job?: JobKeys): void => {
    // What was read once for two uses fails both.
    if (errors.includes(error)) return;
    errors.push(error);
    ports.log.error(`reconcile: ${what} failed`, { error, ...(job && jobKeys(job)) });
  };
  const guard: Guard = async (what, work, job) => {
    try {
      return await work();
    } catch (error) {
      fail(what, error, job);
      return undefined;
    }
  };
  const unheard = new Set<string>();
  const note: Unheard = (provider, error) => {
    if (!unheard.has(provider)) fail(`looking for instances of ${provider}`, error);
    unheard.add(provider);
  };
  const instances = await guard('looking for instances', () => ports.capacity.describeAll(note));
  const orphansTerminated = instances && (await guard('orphans', () => sweepInstances(ports, instances, guard, note)));
  const impaired = await guard('looking for instances that hang', () => findHanging(ports, instances ?? [], (provider, error) => fail(`looking for instances of ${provider} that hang`, error))) ?? [];
  const looked = await guard('attempts', () => tendAttempts(ports, instances && { instances, unheard, impaired }, guard));
  const placementGroupsRemoved = (await guard('placement groups', () => sweepPlacementGroups(ports, guard))) ?? 0;
  const report = { orphansTerminated: orphansTerminated ?? 0, placementGroupsRemoved, ...(looked?.tended ?? nothing), failures: errors.length };
  ports.measure([...reconciliationMeasurements({ orphansTerminated, ...looked?.tended }), ...(looked === undefined ? [] : spendMeasurements(ports.deployment, looked.spends))]);
  ports.log.info('reconciled', { report });
  if (errors.length > 0) throw new InternalError(`${errors.length} parts of the reconciler failed.`, {}, { cause: new AggregateError(errors) });
  return report;
}

/** Instances that are not reached, but for those of zones that are in trouble: these are told of, and left alone. */
async function findHanging({ capacity, log }: ReconcilePorts, instances: readonly ProviderInstance[], unheard: Unheard): Promise<readonly ImpairedInstance[]> {
  const { hang, zones } = impairmentOf(instances, await capacity.impaired(undefined, unheard));
  for (const zone of zones) log.error('many instances of a zone are not reached: none of them is terminated for it', { ...zone });
  return hang;
}
