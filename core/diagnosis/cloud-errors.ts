import type { LaunchRecord } from '../capacity/gang.ts';
import type { Market } from '../job/job.ts';
import type { CloudError } from './diagnosis.ts';

/** So many places are named of an error, and so many errors are told. */
const MOST_PLACES = 6;
const MOST_ERRORS = 8;
/** A message of EC2 may carry an encoded one of thousands of characters. */
const MOST_CHARACTERS = 600;

interface Seen {
  readonly code: string;
  readonly message: string;
  readonly requestId?: string;
  readonly place: string;
  readonly ordinal: number;
}

/** What the cloud said of the launches of an attempt, each code once: the most frequent first. Those of the last turn, where it knows which these are. */
export function cloudErrors(launches: readonly LaunchRecord[]): readonly CloudError[] {
  const ordered = launches.toSorted((a, b) => a.ordinal - b.ordinal);
  const byCode = Map.groupBy(lastTurn(ordered).flatMap(errorsOf), ({ code }) => code);
  return [...byCode].map(([code, seen]) => errorOf(code, seen)).toSorted((a, b) => b.calls - a.calls || a.code.localeCompare(b.code, 'en')).slice(0, MOST_ERRORS);
}

/** What was launched before a turn ended is not what holds the job now; where nothing came after, it is. */
function lastTurn(ordered: readonly LaunchRecord[]): readonly LaunchRecord[] {
  const ends = ordered.flatMap(({ ends: how }, index) => (how === 'turn' ? [index] : []));
  const after = ordered.slice((ends.at(-1) ?? -1) + 1);
  return after.length > 0 ? after : ordered.slice((ends.at(-2) ?? -1) + 1);
}

function errorsOf({ ordinal, pool, market, instanceTypes, zones, result }: LaunchRecord): readonly Seen[] {
  if (result === undefined) return [];
  const id = result.requestId === undefined ? {} : { requestId: result.requestId };
  const refused = result.rejected === undefined ? [] : [{ ...result.rejected, ...id, place: placeOf(pool, instanceTypes, market, zones), ordinal }];
  const lacking = result.unavailable.map(({ offering, code, message }) => ({ code, message, ...id, place: placeOf(pool, [offering.instanceType], offering.market, [offering.zone]), ordinal }));
  return [...refused, ...lacking];
}

const placeOf = (pool: string, types: readonly string[], market: Market, zones: readonly string[]): string => `${pool}: ${types.join(' or ')} ${market} in ${zones.join(' or ')}`;

function errorOf(code: string, seen: readonly Seen[]): CloudError {
  const message = seen.findLast((each) => each.message !== '')?.message;
  const requestId = seen.findLast((each) => each.requestId !== undefined)?.requestId;
  return {
    code,
    ...(message === undefined ? {} : { message: message.slice(0, MOST_CHARACTERS) }),
    ...(requestId === undefined ? {} : { requestId }),
    places: [...new Set(seen.map(({ place }) => place))].slice(0, MOST_PLACES),
    calls: new Set(seen.map(({ ordinal }) => ordinal)).size,
  };
}
