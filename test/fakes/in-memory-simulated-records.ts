import { DependencyThrottledError } from '../../core/errors/orchestrator-error.ts';
import type { JobId } from '../../core/job/ids.ts';
import type { AttemptKey } from '../../core/ports/machines.ts';
import type { LivingMachines, Revised, SimulatedAttempt, SimulatedRecords } from '../../lambdas/adapters/simulated/simulated-records.ts';
import { livingOf, nothingOf } from '../../lambdas/adapters/simulated/simulated-records.ts';

const keyOf = ({ jobId, attempt }: AttemptKey): string => `${jobId}/${attempt}`;

/** Records of the simulated cloud in memory, and what goes wrong with a write, once. */
export class InMemorySimulatedRecords implements SimulatedRecords {
  readonly faults: ('answerLost' | 'throttled')[] = [];
  readonly #records = new Map<string, Revised>();

  async get(attempt: AttemptKey): Promise<Revised> {
    return this.#records.get(keyOf(attempt)) ?? { revision: 0, record: nothingOf(attempt) };
  }

  async ofJob(jobId: JobId): Promise<readonly SimulatedAttempt[]> {
    return [...this.#records.values()].map(({ record }) => record).filter((record) => record.jobId === jobId);
  }

  async list(): Promise<readonly LivingMachines[]> {
    const all = [...this.#records.values()].map(({ record }) => ({ jobId: record.jobId, attempt: record.attempt, machines: livingOf(record) }));
    return all.filter(({ machines }) => machines.length > 0);
  }

  async put(record: SimulatedAttempt, revision: number): Promise<boolean> {
    const fault = this.faults.shift();
    if (fault === 'throttled') throw new DependencyThrottledError('too many calls');
    if ((this.#records.get(keyOf(record))?.revision ?? 0) !== revision) return false;
    this.#records.set(keyOf(record), { revision: revision + 1, record });
    if (fault === 'answerLost') throw new Error('the connection was lost');
    return true;
  }
}
