import { isoTime } from '../job/ids.ts';
import type { Verdict } from './explain-entry.ts';
import type { LimitedAmount, LimitPlace, Obstacle, ObstacleCode } from './plan.ts';

/** An obstacle for programs (`code`), for people (`message`), and what would remove it (`hints`). */
export interface ObstacleText {
  readonly code: ObstacleCode;
  readonly message: string;
  readonly hints: readonly string[];
}

/** What becomes of a waiting job, in the same way. */
export function describeVerdict(verdict: Verdict): Omit<ObstacleText, 'code'> & { readonly code: ObstacleCode | 'Starts' | 'Queued' } {
  switch (verdict.kind) {
    case 'starts': {
      const after = verdict.before === 0 ? '' : `, after ${verdict.before} ${verdict.before === 1 ? 'other' : 'others'}`;
      return { code: 'Starts', message: `It may start: the scheduler takes it next${after}.`, hints: [] };
    }
    case 'behind':
      return {
        code: 'Queued',
        message: 'Nothing holds it back by itself: it waits for its turn in the order.',
        hints: ['A higher priority brings it forward (orch priority).'],
      };
    case 'held': {
      const text = describeObstacle(verdict.obstacle);
      const like = verdict.like === undefined ? '' : ` Job ${verdict.like} of the same user, which asks for the same, comes before it.`;
      return { ...text, message: `${text.message}${like}` };
    }
  }
}

/** Says what holds a job back, with its figures. Sentences name the job `it`. */
export function describeObstacle(obstacle: Obstacle): ObstacleText {
  switch (obstacle.kind) {
    case 'limit':
      return limitText(obstacle);
    case 'guarantee':
      return guaranteeText(obstacle);
    case 'tooLarge':
      return tooLargeText(obstacle);
    case 'quota':
      return quotaText(obstacle);
    case 'cooldown':
      return {
        code: 'CoolingDown',
        message: `Nothing that it may be launched as is tried before ${isoTime(obstacle.untilMs)}: ${obstacle.code}.`,
        hints: ['It would have more to try with more instance types or zones, or with another purchase option.'],
      };
    case 'probe':
      return {
        code: 'BeingProbed',
        message: `Another job finds out for all whether ${obstacle.offering} has capacity again.`,
        hints: ['It gets its turn at once if there is.'],
      };
    case 'paused':
      return pausedText(obstacle);
    case 'launches':
      return {
        code: 'LaunchesInFlight',
        message: `${obstacle.inFlight} jobs look for machines or are about to, of ${obstacle.limit} that may at once.`,
        hints: ['It may start when one of them has its machines or gives up.', 'An administrator can raise maxLaunchesInFlight in the shares.'],
      };
    case 'reservation':
      return reservationText(obstacle);
    case 'parked':
      return { code: 'Parked', message: `It found no capacity, and nothing is tried before ${isoTime(obstacle.untilMs)}.`, hints: [] };
    case 'cycle':
      return { code: 'NotYetConsidered', message: 'The scheduler has not come to it yet.', hints: ['The next cycle goes on with the jobs behind those that have just started.'] };
  }
}

type Of<Kind extends Obstacle['kind']> = Extract<Obstacle, { readonly kind: Kind }>;

function limitText({ place, amount, limit, used, asked }: Of<'limit'>): ObstacleText {
  const room = Math.max(0, limit - used);
  const where = placeText(place);
  return {
    code: 'LimitReached',
    message: `${capital(where)} holds ${figure(amount, used)} of ${withUnit(amount, limit)}${asksText(amount, asked)}.`,
    hints: [
      `It may start when jobs of ${where} have given back ${withUnit(amount, used + asked - limit)}.`,
      ...askForLess(amount, room),
      `An administrator can raise the limit of ${nameOf(amount)} of ${where}.`,
    ],
  };
}

function guaranteeText({ place, amount, limit, used, kept, asked }: Of<'guarantee'>): ObstacleText {
  const room = Math.max(0, limit - used - kept);
  const where = placeText(place);
  const missing = used + kept + asked - limit;
  return {
    code: 'KeptForGuarantees',
    message: `${capital(where)} holds ${figure(amount, used)} of ${withUnit(amount, limit)}, and ${withUnit(amount, kept)} more are kept for those to whom they are guaranteed${asksText(amount, asked)}.`,
    hints: [`It may start when ${withUnit(amount, missing)} have been given back in ${where}.`, ...askForLess(amount, room)],
  };
}

function tooLargeText({ place, amount, limit, asked }: Of<'tooLarge'>): ObstacleText {
  const where = placeText(place);
  return {
    code: 'TooLarge',
    message: `It asks for ${withUnit(amount, asked)}; ${where} may hold ${withUnit(amount, limit)} at most, so it never starts.`,
    hints: [`Cancel it and submit one that asks for ${withUnit(amount, limit)} or less.`, `An administrator can raise the limit of ${nameOf(amount)} of ${where}.`],
  };
}

function quotaText({ quotas, asked }: Of<'quota'>): ObstacleText {
  const full = quotas.map(({ quota, used, limit }) => `${quota} ${used} of ${limit}`).join(', ');
  const only = quotas.length === 1 ? 'the account quota that its machines count against' : 'any account quota that its machines may count against';
  return {
    code: 'QuotaReached',
    message: `There is no room in ${only} (vCPUs in use: ${full}); a pool of it asks for ${withUnit('vcpus', asked)}.`,
    hints: [
      'It may start when jobs that use the same quota have ended.',
      'Other instance families or another purchase option count against other quotas.',
      'An administrator can have the quota raised at AWS, and then in the shares.',
    ],
  };
}

function pausedText({ scope, by, reason }: Of<'paused'>): ObstacleText {
  return {
    code: 'Paused',
    message: `${by === undefined ? 'An operator' : by} has paused ${scope}: ${reason}`,
    hints: ['It goes on when an administrator resumes it (orch admin resume).'],
  };
}

function reservationText({ jobId, fromMs }: Of<'reservation'>): ObstacleText {
  const from = fromMs === undefined ? '' : ` from ${isoTime(fromMs)} on`;
  return {
    code: 'Reserved',
    message: `There is room for it now, but it would delay job ${jobId}, which comes before it and has limits reserved${from}.`,
    hints: fromMs === undefined ? ['It may start when that job has.'] : [`It may start when that job has, or at once if it is sure to be over by then: ask for less time (ttlSeconds).`],
  };
}

/** How a place in the share tree is called. */
export function placeText(place: LimitPlace): string {
  switch (place.kind) {
    case 'deployment':
      return 'the deployment';
    case 'group':
      return `group ${place.name}`;
    case 'namespace':
      return `namespace ${place.name}`;
    case 'user':
      return `user ${place.name} of namespace ${place.namespace}`;
  }
}

const units: Readonly<Record<LimitedAmount, { readonly one: string; readonly many: string; readonly name: string }>> = {
  runningJobs: { one: 'running job', many: 'running jobs', name: 'running jobs' },
  nodes: { one: 'node', many: 'nodes', name: 'nodes' },
  vcpus: { one: 'vCPU', many: 'vCPUs', name: 'vCPUs' },
  gpus: { one: 'GPU', many: 'GPUs', name: 'GPUs' },
  microUsdPerHour: { one: 'USD/h', many: 'USD/h', name: 'cost per hour' },
};

/** Money in dollars to the cent, all else as it is counted. */
const figure = (amount: LimitedAmount, value: number): string => (amount === 'microUsdPerHour' ? (value / 1e6).toFixed(2) : String(value));
/** An amount as people say it: `12 nodes`, `1 GPU`, `3.50 USD/h`. */
export const withUnit = (amount: LimitedAmount, value: number): string => `${figure(amount, value)} ${value === 1 ? units[amount].one : units[amount].many}`;
const nameOf = (amount: LimitedAmount): string => units[amount].name;
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** That a job is one job goes without saying. */
const asksText = (amount: LimitedAmount, asked: number): string => (amount === 'runningJobs' ? '' : `; it asks for ${withUnit(amount, asked)}`);

/** What it could ask for to start now. */
function askForLess(amount: LimitedAmount, room: number): readonly string[] {
  return amount === 'runningJobs' || room < (amount === 'microUsdPerHour' ? 10_000 : 1) ? [] : [`It would fit with ${withUnit(amount, room)} or less.`];
}
