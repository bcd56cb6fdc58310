import type { EpochMs, InstanceId } from '../job/ids.ts';
import type { AttemptStore } from '../ports/job-store.ts';
import type { AttemptKey } from '../ports/machines.ts';
import type { LaunchOutcome, LaunchRecord } from './gang.ts';

/** The launch records of an attempt, read once and kept in step with the store: an attempt has one writer. */
export class LaunchLedger {
  readonly #store: AttemptStore;
  #records: readonly LaunchRecord[];

  private constructor(store: AttemptStore, records: readonly LaunchRecord[]) {
    this.#store = store;
    this.#records = records;
  }

  static async read(store: AttemptStore, { jobId, attempt }: AttemptKey): Promise<LaunchLedger> {
    return new LaunchLedger(store, await store.launches(jobId, attempt));
  }

  get records(): readonly LaunchRecord[] {
    return this.#records;
  }

  /** The number of the next launch. */
  get nextOrdinal(): number {
    return 1 + Math.max(0, ...this.#records.map(({ ordinal }) => ordinal));
  }

  /** Writes a launch before its call is made. Throws `VersionConflictError` if somebody else writes this attempt too. */
  async open(launch: LaunchRecord): Promise<void> {
    await this.#store.openLaunch(launch);
    this.#records = [...this.#records, launch];
  }

  /** Keeps the answer; the request is needed no more. */
  async close({ request: _answered, ...launch }: LaunchRecord, result: LaunchOutcome, answeredAtMs: EpochMs): Promise<LaunchRecord> {
    return this.#replace({ ...launch, result, answeredAtMs });
  }

  /** Takes instances out of what a launch brought: they died before anybody counted on them. */
  async strikeOff(launch: LaunchRecord, lost: ReadonlySet<InstanceId>): Promise<void> {
    if (!launch.result?.launched.some(({ instanceId }) => lost.has(instanceId))) return;
    const launched = launch.result.launched.filter(({ instanceId }) => !lost.has(instanceId));
    await this.#replace({ ...launch, result: { ...launch.result, launched } });
  }

  /** Gives up everything up to and including this launch. */
  async end(launch: LaunchRecord, ends: 'try' | 'turn'): Promise<void> {
    await this.#replace({ ...launch, ends });
  }

  async #replace(launch: LaunchRecord): Promise<LaunchRecord> {
    await this.#store.closeLaunch(launch);
    this.#records = this.#records.map((record) => (record.ordinal === launch.ordinal ? launch : record));
    return launch;
  }
}
