import { describe, expect, it } from '@jest/globals';
import { epochMs, jobId } from '../../../../core/job/ids.ts';
import { describeObstacle } from '../../../../core/scheduling/obstacle-text.ts';
import type { Obstacle } from '../../../../core/scheduling/plan.ts';

const at = epochMs(Date.UTC(2030, 0, 31, 9));
const physics = { kind: 'group', name: 'physics' } as const;

const cases: readonly (readonly [Obstacle, code: string, message: string, firstHint: string | undefined])[] = [
  [
    { kind: 'limit', place: physics, amount: 'nodes', limit: 800, used: 798, asked: 4 },
    'LimitReached', 'Group physics holds 798 of 800 nodes; it asks for 4 nodes.', 'It may start when jobs of group physics have given back 2 nodes.',
  ],
  [
    { kind: 'limit', place: { kind: 'user', namespace: 'lattice', name: 'ada' }, amount: 'runningJobs', limit: 1, used: 1, asked: 1 },
    'LimitReached', 'User ada of namespace lattice holds 1 of 1 running job.', 'It may start when jobs of user ada of namespace lattice have given back 1 running job.',
  ],
  [
    { kind: 'limit', place: { kind: 'deployment' }, amount: 'microUsdPerHour', limit: 3_000_000_000, used: 2_999_500_000, asked: 1_250_000 },
    'LimitReached', 'The deployment holds 2999.50 of 3000.00 USD/h; it asks for 1.25 USD/h.', 'It may start when jobs of the deployment have given back 0.75 USD/h.',
  ],
  [
    { kind: 'guarantee', place: { kind: 'deployment' }, amount: 'gpus', limit: 512, used: 480, kept: 30, asked: 8 },
    'KeptForGuarantees', 'The deployment holds 480 of 512 GPUs, and 30 GPUs more are kept for those to whom they are guaranteed; it asks for 8 GPUs.',
    'It may start when 6 GPUs have been given back in the deployment.',
  ],
  [
    { kind: 'tooLarge', place: { kind: 'namespace', name: 'lattice' }, amount: 'vcpus', limit: 96, asked: 192 },
    'TooLarge', 'It asks for 192 vCPUs; namespace lattice may hold 96 vCPUs at most, so it never starts.', 'Cancel it and submit one that asks for 96 vCPUs or less.',
  ],
  [
    { kind: 'quota', quotas: [{ quota: 'P/spot', limit: 768, used: 768 }, { quota: 'P/on-demand', limit: 96, used: 48 }], asked: 96 },
    'QuotaReached', 'There is no room in any account quota that its machines may count against (vCPUs in use: P/spot 768 of 768, P/on-demand 48 of 96); a pool of it asks for 96 vCPUs.',
    'It may start when jobs that use the same quota have ended.',
  ],
  [
    { kind: 'cooldown', untilMs: at, code: 'InsufficientInstanceCapacity' },
    'CoolingDown', 'Nothing that it may be launched as is tried before 2030-01-31T09:00:00.000Z: InsufficientInstanceCapacity.',
    'It would have more to try with more instance types or zones, or with another purchase option.',
  ],
  [{ kind: 'paused', scope: 'market spot', by: 'ops', reason: 'price spike' }, 'Paused', 'ops has paused market spot: price spike', 'It goes on when an administrator resumes it (orch admin resume).'],
  [{ kind: 'launches', inFlight: 25, limit: 25 }, 'LaunchesInFlight', '25 jobs look for machines or are about to, of 25 that may at once.', 'It may start when one of them has its machines or gives up.'],
  [
    { kind: 'reservation', jobId: jobId('01hjob'), fromMs: at },
    'Reserved', 'There is room for it now, but it would delay job 01hjob, which comes before it and has limits reserved from 2030-01-31T09:00:00.000Z on.',
    'It may start when that job has, or at once if it is sure to be over by then: ask for less time (ttlSeconds).',
  ],
  [{ kind: 'reservation', jobId: jobId('01hjob') }, 'Reserved', 'There is room for it now, but it would delay job 01hjob, which comes before it and has limits reserved.', 'It may start when that job has.'],
  [{ kind: 'probe', offering: 'p5.48xlarge/us-east-1a/spot' }, 'BeingProbed', 'Another job finds out for all whether p5.48xlarge/us-east-1a/spot has capacity again.', 'It gets its turn at once if there is.'],
  [{ kind: 'parked', untilMs: at }, 'Parked', 'It found no capacity, and nothing is tried before 2030-01-31T09:00:00.000Z.', undefined],
  [{ kind: 'cycle' }, 'NotYetConsidered', 'The scheduler has not come to it yet.', 'The next cycle goes on with the jobs behind those that have just started.'],
];

describe('what holds a job back', () => {
  it.each(cases)('%j is said with its figures and what would remove it', (obstacle, code, message, firstHint) => {
    const text = describeObstacle(obstacle);
    expect(text).toMatchObject({ code, message });
    expect(text.hints[0]).toBe(firstHint);
  });

  it('says with how much less it would fit, where anything would', () => {
    const limit = { kind: 'limit', place: physics, amount: 'nodes', limit: 10, asked: 4 } as const;
    const fitting = (used: number) => describeObstacle({ ...limit, used }).hints.find((hint) => hint.includes('would fit'));
    expect(fitting(8)).toBe('It would fit with 2 nodes or less.');
    expect(fitting(10)).toBeUndefined();
  });
});
