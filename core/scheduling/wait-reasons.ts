import type { EpochMs } from '../job/ids.ts';
import type { Pause } from '../queue/pause.ts';
import { describeObstacle, placeText } from './obstacle-text.ts';
import type { Obstacle } from './plan.ts';
import type { NotedReason, NotedReasons, WaitReason } from './snapshot.ts';

/** A reason as a cycle found it; `sinceMs`: since before that cycle. `none`: nothing holds them back. */
export type FoundReason = (WaitReason & { readonly sinceMs?: EpochMs }) | 'none';

/** A reason that was noted before and comes back is noted again after so long: what goes to and fro with each job that ends costs no write each time. */
const RETURN_MS = 60_000;
/** Characters: pauses have the reasons that people write. */
const MOST_DETAIL = 48;

/** What is noted next, of `most` the latest; the same list where nothing else is to be noted. What is said of the same reason now takes the place of what was. */
export function noteReason(noted: NotedReasons, found: FoundReason, nowMs: EpochMs, most: number): NotedReasons {
  const last = noted.at(-1);
  const { sinceMs = nowMs, ...reason } = found === 'none' ? {} : found;
  if (last === undefined || !isKindOf(last, found)) {
    return found === 'none' && last === undefined ? noted : [...noted, { ...reason, sinceMs: last !== undefined && last.sinceMs > sinceMs ? last.sinceMs : sinceMs }].slice(-most);
  }
  return found === 'none' || (found.detail ?? last.detail) === last.detail ? noted : [...noted.slice(0, -1), { ...last, ...reason }];
}

/** Whether what was found is worth a write: it is of another kind than what came last, and not one that was left a short while ago. */
export function isNews(noted: NotedReasons, found: FoundReason | undefined, nowMs: EpochMs): boolean {
  const last = noted.at(-1);
  if (found === undefined) return false;
  if (last === undefined) return found !== 'none';
  return !isKindOf(last, found) && (nowMs - last.sinceMs >= RETURN_MS || !noted.some((each) => isKindOf(each, found)));
}

/** What EC2 said last may change while there is no capacity. */
function isKindOf(noted: NotedReason, found: FoundReason): boolean {
  if (found === 'none') return noted.code === undefined;
  return noted.code === found.code && (noted.code === 'CoolingDown' || noted.detail === found.detail);
}

/** An obstacle as it is noted: without figures, which change with each job. Whether one finds out or all wait for its time, it is capacity that there is none of. */
export function reasonOf(obstacle: Obstacle): WaitReason {
  const code = obstacle.kind === 'probe' ? 'CoolingDown' : describeObstacle(obstacle).code;
  const detail = detailOf(obstacle);
  return { code, ...(detail === undefined ? {} : { detail: Array.from(detail.toWellFormed()).slice(0, MOST_DETAIL).join('') }) };
}

/** A pause of the queue or of a namespace. */
export function reasonOfPause({ scope, by, reason, atMs }: Pause): Exclude<FoundReason, 'none'> {
  const what = scope.kind === 'namespace' ? `namespace ${scope.namespace}` : 'the queue';
  return { ...reasonOf({ kind: 'paused', scope: what, by, reason }), sinceMs: atMs };
}

function detailOf(obstacle: Obstacle): string | undefined {
  switch (obstacle.kind) {
    case 'limit':
    case 'guarantee':
    case 'tooLarge':
      return placeText(obstacle.place);
    case 'quota':
      return obstacle.quotas.map(({ quota }) => quota).join(', ');
    case 'cooldown':
      return obstacle.code;
    case 'paused':
      return `${obstacle.scope}${obstacle.by === undefined ? '' : `, by ${obstacle.by}`}: ${obstacle.reason}`;
    case 'probe':
    case 'launches':
    case 'reservation':
    case 'parked':
    case 'cycle':
      return undefined;
  }
}
