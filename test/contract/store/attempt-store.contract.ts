import { beforeEach, describe, expect, it } from '@jest/globals';
import type { LaunchRecord } from '../../../core/capacity/gang.ts';
import { instanceId, microUsd } from '../../../core/job/ids.ts';
import type { Node } from '../../../core/job/job.ts';
import type { StepRecord, Wait } from '../../../core/lifecycle/wait.ts';
import { after, idOf, t0 } from './submissions.ts';
import type { NewWorld, StoreWorld } from './world.ts';

const id = idOf(1);

const launch = (ordinal: number, attempt = 1): LaunchRecord => ({
  jobId: id, attempt, ordinal, pool: 'workers', count: 64, minimum: 64, market: 'spot', instanceTypes: ['c5.xlarge', 'm5.xlarge'],
  zones: ['us-east-1a'], clientToken: `${id}-${attempt}-${ordinal}`, requestedAtMs: after(ordinal),
});

const result: LaunchRecord['result'] = {
  launched: [{ instanceId: instanceId('i-0123'), instanceType: 'c5.xlarge', zone: 'us-east-1a', market: 'spot' }],
  unavailable: [{ offering: { instanceType: 'm5.xlarge', zone: 'us-east-1a', market: 'spot' }, code: 'InsufficientInstanceCapacity', message: 'none' }],
  requestId: 'r-1',
};

const node = (rank: number): Node => ({
  name: `workers-${rank}`, rank, pool: 'workers', instanceId: instanceId(`i-${String(rank).padStart(17, '0')}`), instanceType: 'c5.xlarge',
  zone: 'us-east-1a', market: 'spot', address: `10.0.0.${rank % 250}`, launchedAtMs: t0, microUsdPerHour: microUsd(170_000),
});

const step = (fields: Partial<StepRecord> = {}): StepRecord => ({
  jobId: id, attempt: 1, step: 'configure/0', name: 'set up', ranks: 'all', last: false, sends: 0, startedAtMs: t0, ...fields,
});

const wait = (token: string, fields: Partial<Wait> = {}): Wait => ({
  jobId: id, namespace: 'research', attempt: 1, token, purpose: 'step', step: 'run/0', sinceMs: t0, ...fields,
});

export function attemptStoreContract(newWorld: NewWorld): void {
  let world: StoreWorld;
  beforeEach(async () => {
    world = await newWorld();
  });

  describe('AttemptStore launches', () => {
    it('keeps them in order, open and closed, apart from those of other attempts', async () => {
      for (const ordinal of [2, 1, 10]) {
        await world.attempts.openLaunch(launch(ordinal));
      }
      await world.attempts.openLaunch(launch(1, 2));
      await world.attempts.closeLaunch({ ...launch(2), ...(result === undefined ? {} : { result }) });
      expect(await world.attempts.launches(id, 1)).toEqual([launch(1), { ...launch(2), result }, launch(10)]);
      expect(await world.attempts.launches(id, 2)).toEqual([launch(1, 2)]);
      expect(await world.attempts.launches(id, 3)).toEqual([]);
    });

    it('gives a number to one launch only', async () => {
      await world.attempts.openLaunch(launch(1));
      await expect(world.attempts.openLaunch({ ...launch(1), count: 1 })).rejects.toMatchObject({ name: 'VersionConflictError' });
      expect(await world.attempts.launches(id, 1)).toEqual([launch(1)]);
    });
  });

  describe('AttemptStore notes', () => {
    it('are made by one of all who see the same of an attempt', async () => {
      const noted = await Promise.all(Array.from({ length: 5 }, async () => world.attempts.noteOnce(id, 1, 'interruption/1')));
      expect(noted.filter(Boolean)).toHaveLength(1);
      expect(await world.attempts.noteOnce(id, 1, 'interruption/2')).toBe(true);
      expect(await world.attempts.noteOnce(id, 2, 'interruption/1')).toBe(true);
      expect(await world.attempts.noteOnce(id, 1, 'interruption/1')).toBe(false);
    });
  });

  describe('AttemptStore nodes', () => {
    it('keeps a gang as large as a job may be', async () => {
      const nodes = Array.from({ length: 1_000 }, (_, rank) => node(rank));
      await world.attempts.putNodes(id, 1, nodes);
      expect(await world.attempts.nodes(id, 1)).toEqual(nodes);
      expect(await world.attempts.peekNodes(id, 1)).toEqual(nodes);
      await world.attempts.putNodes(id, 1, [{ ...node(0), goneAtMs: after(5) }]);
      expect(await world.attempts.nodes(id, 1)).toEqual([{ ...node(0), goneAtMs: after(5) }]);
      expect(await world.attempts.nodes(id, 2)).toEqual([]);
    });
  });

  describe('AttemptStore steps', () => {
    it('begins a step once', async () => {
      expect(await world.attempts.step(id, 1, 'configure/0')).toBeUndefined();
      expect(await world.attempts.beginStep(step())).toEqual(step());
      const sent = step({ commandId: 'c-1', sends: 1, deadlineMs: after(60_000) });
      expect(await world.attempts.updateStep(sent)).toBe(true);
      expect(await world.attempts.beginStep(step({ startedAtMs: after(9) }))).toEqual(sent);
      expect(await world.attempts.step(id, 1, 'configure/0')).toEqual(sent);
      expect(await world.attempts.step(id, 2, 'configure/0')).toBeUndefined();
    });

    it('keeps the first end of a step, whoever comes with another one or has it going on', async () => {
      await world.attempts.beginStep(step({ step: 'configure/7' }));
      const ended = step({ step: 'configure/7', answer: { kind: 'stepDone', exitCode: 0 }, finishedAtMs: after(9) });
      const ends = [ended, { ...ended, finishedAtMs: after(8) }, { ...ended, finishedAtMs: after(7) }];
      const first = (await Promise.all(ends.map((end) => world.attempts.updateStep(end)))).indexOf(true);
      expect(await world.attempts.updateStep(step({ step: 'configure/7', sends: 2 }))).toBe(false);
      expect(await world.attempts.step(id, 1, 'configure/7')).toEqual(ends[first]);
    });

    it('answers all who begin it at once with one record', async () => {
      const begun = await Promise.all([1, 2, 3].map((n) => world.attempts.beginStep(step({ startedAtMs: after(n) }))));
      expect(new Set(begun.map((record) => record.startedAtMs)).size).toBe(1);
    });
  });

  describe('AttemptStore wait', () => {
    it('is the last one put', async () => {
      expect(await world.attempts.wait(id)).toBeUndefined();
      await world.attempts.putWait(wait('one', { purpose: 'park' }));
      await world.attempts.putWait(wait('two'));
      expect(await world.attempts.wait(id)).toEqual(wait('two'));
      expect(await world.jobs.getWithWait(id)).toEqual({ wait: wait('two') });
    });
  });
}
