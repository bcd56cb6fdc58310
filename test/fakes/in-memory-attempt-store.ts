import type { LaunchRecord } from '../../core/capacity/gang.ts';
import { VersionConflictError } from '../../core/errors/orchestrator-error.ts';
import type { JobId } from '../../core/job/ids.ts';
import type { Node } from '../../core/job/job.ts';
import type { StepRecord, Wait } from '../../core/lifecycle/wait.ts';
import type { AttemptStore } from '../../core/ports/job-store.ts';
import { attemptKey, copy, InMemoryTable } from './in-memory-table.ts';

const stepKey = (jobId: JobId, attempt: number, step: string): string => `${attemptKey(jobId, attempt)}/${step}`;

export class InMemoryAttemptStore implements AttemptStore {
  readonly #table: InMemoryTable;

  constructor(table: InMemoryTable = new InMemoryTable()) {
    this.#table = table;
  }

  async openLaunch(launch: LaunchRecord): Promise<void> {
    const { jobId, attempt, ordinal } = launch;
    const taken = this.#launches(jobId, attempt).some((known) => known.ordinal === ordinal);
    if (taken) throw new VersionConflictError('A launch of this number was written before.', { jobId, attempt, ordinal });
    this.#put(launch);
  }

  async closeLaunch(launch: LaunchRecord): Promise<void> {
    this.#put(launch);
  }

  #put(launch: LaunchRecord): void {
    const { jobId, attempt, ordinal } = launch;
    const others = this.#launches(jobId, attempt).filter((known) => known.ordinal !== ordinal);
    const all = [...others, copy(launch)].sort((a, b) => a.ordinal - b.ordinal);
    this.#table.launches.set(attemptKey(jobId, attempt), all);
  }

  #launches(jobId: JobId, attempt: number): readonly LaunchRecord[] {
    return this.#table.launches.get(attemptKey(jobId, attempt)) ?? [];
  }

  async launches(jobId: JobId, attempt: number): Promise<readonly LaunchRecord[]> {
    return copy(this.#launches(jobId, attempt));
  }

  async putNodes(jobId: JobId, attempt: number, nodes: readonly Node[]): Promise<void> {
    this.#table.nodes.set(attemptKey(jobId, attempt), copy(nodes));
  }

  async nodes(jobId: JobId, attempt: number): Promise<readonly Node[]> {
    return copy(this.#table.nodes.get(attemptKey(jobId, attempt)) ?? []);
  }

  async peekNodes(jobId: JobId, attempt: number): Promise<readonly Node[]> {
    return this.nodes(jobId, attempt);
  }

  async beginStep(step: StepRecord): Promise<StepRecord> {
    const key = stepKey(step.jobId, step.attempt, step.step);
    const record = this.#table.steps.get(key) ?? copy(step);
    this.#table.steps.set(key, record);
    return copy(record);
  }

  async updateStep(step: StepRecord): Promise<boolean> {
    const key = stepKey(step.jobId, step.attempt, step.step);
    if (this.#table.steps.get(key)?.answer !== undefined) return false;
    this.#table.steps.set(key, copy(step));
    return true;
  }

  async step(jobId: JobId, attempt: number, step: string): Promise<StepRecord | undefined> {
    return copy(this.#table.steps.get(stepKey(jobId, attempt, step)));
  }

  async noteOnce(jobId: JobId, attempt: number, about: string): Promise<boolean> {
    const key = `${attemptKey(jobId, attempt)}/${about}`;
    if (this.#table.notes.has(key)) return false;
    this.#table.notes.add(key);
    return true;
  }

  async putWait(wait: Wait): Promise<void> {
    this.#table.waits.set(wait.jobId, copy(wait));
  }

  async wait(jobId: JobId): Promise<Wait | undefined> {
    return copy(this.#table.waits.get(jobId));
  }
}
