import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { scopeKey, type Cooldown } from '../../../../core/capacity/offering.ts';
import { epochMs } from '../../../../core/job/ids.ts';
import type { ParkedEntry, QueueEntry } from '../../../../core/lifecycle/change.ts';
import { planCycle } from '../../../../core/scheduling/plan-cycle.ts';
import { aParkedJob, aPolicy, aSnapshot, aWaitingJob, NOW } from '../../../builders/scheduling.ts';

const seconds = (count: number) => epochMs(NOW + 1000 * count);
const COOLS_FOR = 600;
const CYCLE = 10;

interface Scene {
  /** Where the jobs may stand and their type cools; of the other zone the scheduler does not know that it has none. */
  readonly zones: readonly string[];
  readonly parked: number;
  readonly crowd: number;
  /** When jobs come. */
  readonly newcomers: readonly number[];
  /** When jobs of other shapes ask for what cools, and in vain. */
  readonly asked: readonly number[];
}

const scenes: fc.Arbitrary<Scene> = fc.record({
  zones: fc.constantFrom(['us-east-1a'], ['us-east-1a', 'us-east-1b']),
  parked: fc.nat({ max: 5 }),
  crowd: fc.nat({ max: 12 }),
  newcomers: fc.array(fc.integer({ min: 0, max: COOLS_FOR - CYCLE }), { maxLength: 8 }),
  asked: fc.array(fc.integer({ min: 0, max: COOLS_FOR - CYCLE }), { maxLength: 4 }),
});

/** Cycles of a time in which no turn comes to a launch, and each job is parked again for what it waits for. Answers the turns of each cycle. */
function turnsInVain({ zones, parked, crowd, newcomers, asked }: Scene): readonly (readonly string[])[] {
  const cooldownsAt = (at: number): readonly Cooldown[] => {
    const since = asked.reduce((last, time) => (time <= at ? Math.max(last, time) : last), 0);
    const cooling = { code: 'InsufficientInstanceCapacity', failures: 5, sinceMs: seconds(since), untilMs: seconds(since + COOLS_FOR) };
    return (['us-east-1a', 'us-east-1c'] as const).map((zone) => ({ ...cooling, scope: { kind: 'offering', offering: { instanceType: 'm6i.xlarge', zone, market: 'on-demand' } } }));
  };
  const parkedSince = (entry: QueueEntry, at: number): ParkedEntry => {
    const [here] = cooldownsAt(at);
    return { ...aParkedJob(entry.jobId), ...entry, sinceMs: seconds(at), untilMs: here?.untilMs ?? NOW, waitsFor: here ? [scopeKey(here.scope)] : [] };
  };
  const coming = newcomers.map((at, index) => aWaitingJob(`new${index}`, { zones, submittedAtMs: seconds(at) }));
  let waiting = Array.from({ length: crowd }, (_, index) => aWaitingJob(`old${index}`, { zones, submittedAtMs: seconds(-600) })).concat(coming);
  let asleep = Array.from({ length: parked }, (_, index) => parkedSince(aWaitingJob(`parked${index}`, { zones, submittedAtMs: seconds(-900) }), 0));
  const turns: string[][] = [];
  for (let at = 0; at < COOLS_FOR; at += CYCLE) {
    const here = waiting.filter(({ submittedAtMs }) => submittedAtMs <= seconds(at));
    const plan = planCycle(aSnapshot({ waiting: here, parked: asleep, cooldowns: cooldownsAt(at) }), aPolicy(), seconds(at));
    const started = [...plan.admissions, ...plan.turns].map(({ entry }) => entry);
    const ids = new Set(started.map(({ jobId }) => jobId));
    waiting = waiting.filter(({ jobId }) => !ids.has(jobId));
    asleep = [...asleep.filter(({ jobId }) => !ids.has(jobId)), ...started.map((entry) => parkedSince(entry, at))];
    turns.push([...ids]);
  }
  return turns;
}

describe('jobs of which one may ask early, while no turn comes to a launch', () => {
  it('get a turn when they come, and one early at most for each time that somebody has asked', () => {
    fc.assert(fc.property(scenes, (scene) => {
      const turns = turnsInVain(scene).flat();
      const most = new Set([0, ...scene.asked]).size;
      for (const id of new Set(turns)) expect(turns.filter((other) => other === id).length).toBeLessThanOrEqual(id.startsWith('parked') ? most : most + 1);
    }));
  });

  it('sleep on where nobody has come, however often others ask in vain', () => {
    fc.assert(fc.property(scenes, (scene) => {
      expect(turnsInVain({ ...scene, crowd: 0, newcomers: [] }).flat()).toEqual([]);
    }));
  });

  it('get it one at a time where all that they may be launched as cools', () => {
    fc.assert(fc.property(scenes, (scene) => {
      for (const cycle of turnsInVain({ ...scene, zones: ['us-east-1a'] })) expect(cycle.length).toBeLessThanOrEqual(1);
    }));
  });
});
