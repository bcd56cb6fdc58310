import type { EpochMs } from '../job/ids.ts';
import type { GangRequest, LaunchedInstance, LaunchRecord, PoolRequest } from './gang.ts';

/** An instance that an attempt holds, with the pool it was launched for and when that was known. */
export interface HeldInstance extends LaunchedInstance {
  readonly pool: string;
  readonly launchedAtMs: EpochMs;
}

/** How far the records say the acquisition of a gang is: they are its whole state. */
export interface LaunchProgress {
  /** A launch whose answer is not known. */
  readonly open?: LaunchRecord;
  /** Launches of this turn, those of given up tries too. */
  readonly turn: readonly LaunchRecord[];
  /** Launches of this try: what they brought is held. */
  readonly attempted: readonly LaunchRecord[];
  /** In order of launch. */
  readonly held: readonly HeldInstance[];
  /** What earlier tries of this turn brought, and was given up. */
  readonly givenUp: readonly HeldInstance[];
  readonly missing: readonly { readonly pool: PoolRequest; readonly count: number }[];
}

/** Reads the state of a gang from its launch records, which come in any order. */
export function progressOf(gang: GangRequest, records: readonly LaunchRecord[]): LaunchProgress {
  const ordered = records.toSorted((a, b) => a.ordinal - b.ordinal);
  const turn = ordered.slice(ordered.findLastIndex(({ ends }) => ends === 'turn') + 1);
  const ended = turn.findLastIndex(({ ends }) => ends !== undefined) + 1;
  const attempted = turn.slice(ended);
  const held = instancesOf(attempted);
  const missing = gang.pools
    .map((pool) => ({ pool, count: pool.count - held.filter((instance) => instance.pool === pool.pool).length }))
    .filter(({ count }) => count > 0);
  const open = ordered.find(({ result }) => result === undefined);
  return { ...(open ? { open } : {}), turn, attempted, held, givenUp: instancesOf(turn.slice(0, ended)), missing };
}

/** Everything that launches brought, with its pool. */
export function instancesOf(records: readonly LaunchRecord[]): HeldInstance[] {
  return records.flatMap(({ pool, requestedAtMs, answeredAtMs = requestedAtMs, result }) =>
    (result?.launched ?? []).map((instance) => ({ ...instance, pool, launchedAtMs: answeredAtMs })),
  );
}

/** What the records say was given up: the instances of every try that ended. */
export function givenUpInstances(records: readonly LaunchRecord[]): HeldInstance[] {
  const ordered = records.toSorted((a, b) => a.ordinal - b.ordinal);
  return instancesOf(ordered.slice(0, ordered.findLastIndex(({ ends }) => ends !== undefined) + 1));
}
