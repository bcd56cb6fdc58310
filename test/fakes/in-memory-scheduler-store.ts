import { LeaseLostError, VersionConflictError } from '../../core/errors/orchestrator-error.ts';
import { epochMs, type EpochMs, type JobId } from '../../core/job/ids.ts';
import type { Demand } from '../../core/job/job.ts';
import type { JobChange, LimitRelease, QueueEntry } from '../../core/lifecycle/change.ts';
import type { Lease, SchedulerStore, WaitingReport } from '../../core/ports/scheduler-store.ts';
import type { QueueSnapshot, ShareUse } from '../../core/scheduling/plan-cycle.ts';
import { copy, InMemoryTable, noteKey } from './in-memory-table.ts';

export class InMemorySchedulerStore implements SchedulerStore {
  readonly #table: InMemoryTable;

  constructor(table: InMemoryTable = new InMemoryTable()) {
    this.#table = table;
  }

  async takeLease(owner: string, nowMs: EpochMs, durationMs: number): Promise<Lease | undefined> {
    if (this.#table.lease.expiresAtMs > nowMs) return undefined;
    this.#table.lease = { owner, epoch: this.#table.lease.epoch + 1, expiresAtMs: epochMs(nowMs + durationMs) };
    this.#table.dirty = false;
    return copy(this.#table.lease);
  }

  async renewLease(lease: Lease, nowMs: EpochMs, durationMs: number): Promise<Lease> {
    this.#mustHold(lease);
    this.#table.lease = { ...lease, expiresAtMs: epochMs(nowMs + durationMs) };
    return copy(this.#table.lease);
  }

  async dropLease(lease: Lease): Promise<{ readonly dirty: boolean }> {
    this.#mustHold(lease);
    this.#table.lease = { ...lease, expiresAtMs: epochMs(0) };
    return { dirty: this.#table.dirty };
  }

  async markDirty(): Promise<void> {
    this.#table.dirty = true;
  }

  #mustHold(lease: Lease): void {
    const { owner, epoch } = lease;
    if (epoch !== this.#table.lease.epoch) throw new LeaseLostError('Another scheduler holds the lease.', { owner, epoch });
  }

  async snapshot(depth: number, _nowMs: EpochMs): Promise<QueueSnapshot> {
    const leaves = Map.groupBy(this.#table.queue.values(), (entry) => entry.namespace);
    const queues = [...leaves].map(([namespace, entries]) => ({ namespace, entries: entries.sort(firstServed).slice(0, depth) }));
    return copy({ uses: await this.uses(), queues: queues.sort(byNamespace), parked: [...this.#table.parked.values()] });
  }

  async releases(limit: number): Promise<readonly LimitRelease[]> {
    return copy([...this.#table.releases.values()].slice(0, limit));
  }

  async applyReleases(lease: Lease, releases: readonly LimitRelease[]): Promise<void> {
    this.#mustHold(lease);
    for (const note of releases) {
      if (this.#table.releases.delete(noteKey(note))) this.#count(note.namespace, note.demand, -1);
    }
  }

  async grant(lease: Lease, changes: readonly JobChange[]): Promise<readonly JobId[]> {
    this.#mustHold(lease);
    return changes.filter((change) => this.#grantOne(change)).map((change) => change.before.jobId);
  }

  #grantOne(change: JobChange): boolean {
    try {
      this.#table.apply(change);
    } catch (error) {
      if (error instanceof VersionConflictError) return false;
      throw error;
    }
    if (change.after.holdsLimits && !change.before.holdsLimits) this.#count(change.after.namespace, change.after.demand, 1);
    return true;
  }

  #count(namespace: string, demand: Demand, sign: 1 | -1): void {
    const held = this.#table.shares.get(namespace) ?? { namespace, runningJobs: 0, nodes: 0, microUsdPerHour: 0 };
    this.#table.shares.set(namespace, {
      namespace,
      runningJobs: held.runningJobs + sign,
      nodes: held.nodes + sign * demand.nodes,
      microUsdPerHour: held.microUsdPerHour + sign * demand.microUsdPerHour,
    });
  }

  async reportWaiting(lease: Lease, report: WaitingReport): Promise<void> {
    this.#mustHold(lease);
    this.#table.waiting = copy(report);
  }

  async waitingReport(): Promise<WaitingReport | undefined> {
    return copy(this.#table.waiting);
  }

  async uses(): Promise<readonly ShareUse[]> {
    return copy([...this.#table.shares.values()].sort(byNamespace));
  }
}

const byNamespace = (a: { readonly namespace: string }, b: { readonly namespace: string }): number => (a.namespace < b.namespace ? -1 : 1);

/** Higher priority first, then the earlier submission, then the id. */
function firstServed(a: QueueEntry, b: QueueEntry): number {
  return b.priority - a.priority || a.submittedAtMs - b.submittedAtMs || (a.jobId < b.jobId ? -1 : 1);
}
