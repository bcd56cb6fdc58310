import type { LaunchRecord } from '../../../../core/capacity/gang.ts';
import { givenUpInstances } from '../../../../core/capacity/launch-progress.ts';
import type { Cooldown } from '../../../../core/capacity/offering.ts';
import type { EpochMs, JobId } from '../../../../core/job/ids.ts';
import { InMemoryAttemptStore } from '../../../fakes/in-memory-attempt-store.ts';
import { InMemoryCooldownStore } from '../../../fakes/in-memory-cooldown-store.ts';
import type { DeathWatch } from './death-watch.ts';
import type { Phase } from './phases.ts';
import type { Remote } from './work.ts';

export type Ask = <Method extends keyof Remote>(method: Method, ...args: Parameters<Remote[Method]>) => Promise<Awaited<ReturnType<Remote[Method]>>>;

/** The launch records of the parent, which outlive this process. */
export class WatchedAttemptStore extends InMemoryAttemptStore {
  readonly #ask: Ask;
  readonly #watch: DeathWatch;
  readonly #releases: boolean;

  constructor(ask: Ask, watch: DeathWatch, releases: boolean) {
    super();
    this.#ask = ask;
    this.#watch = watch;
    this.#releases = releases;
  }

  override async launches(jobId: JobId, attempt: number): Promise<readonly LaunchRecord[]> {
    const records = await this.#ask('launches', jobId, attempt);
    if (!this.#releases && givenUpInstances(records).length > 0) this.#watch.enter('finishing a giving up');
    return records;
  }

  override async openLaunch(launch: LaunchRecord): Promise<void> {
    this.#watch.enter('writing the launch');
    await this.#ask('openLaunch', launch);
    this.#watch.enter('between the record and the call');
  }

  override async closeLaunch(launch: LaunchRecord): Promise<void> {
    if (this.#releases) {
      this.#watch.enter('release: writing that answer');
      await this.#ask('closeLaunch', launch);
      return;
    }
    const [during, after] = this.#closing(launch);
    this.#watch.enter(during);
    await this.#ask('closeLaunch', launch);
    this.#watch.enter(after);
  }

  #closing(launch: LaunchRecord): readonly [during: Phase, after: Phase] {
    if (this.#watch.phase === 'between the call and the record of its answer') return ['writing the answer', 'between two launches'];
    if (launch.ends) return ['marking as given up', 'marked as given up, not yet ended'];
    return ['striking off a dead machine', 'between two launches'];
  }
}

/** The cooldowns of the parent. */
export class WatchedCooldownStore extends InMemoryCooldownStore {
  readonly #ask: Ask;
  readonly #watch: DeathWatch;
  readonly #releases: boolean;

  constructor(ask: Ask, watch: DeathWatch, releases: boolean) {
    super();
    this.#ask = ask;
    this.#watch = watch;
    this.#releases = releases;
  }

  override async active(nowMs: EpochMs): Promise<readonly Cooldown[]> {
    return (await this.#ask('recent', nowMs)).filter(({ untilMs }) => untilMs > nowMs);
  }

  override async recent(nowMs: EpochMs): Promise<readonly Cooldown[]> {
    if (!this.#releases) this.#watch.enter('choosing a launch');
    return this.#ask('recent', nowMs);
  }

  override async record(cooldowns: readonly Cooldown[]): Promise<void> {
    await this.#ask('record', cooldowns);
  }

  override async replace(known: Cooldown, next: Cooldown): Promise<boolean> {
    return this.#ask('replace', known, next);
  }

  override async clear(keys: readonly string[]): Promise<void> {
    await this.#ask('clear', keys);
  }
}

