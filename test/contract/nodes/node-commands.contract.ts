import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { jobId, type JobId } from '../../../core/job/ids.ts';
import type { Node } from '../../../core/job/job.ts';
import type { CommandStatus, StepDispatch } from '../../../core/ports/node-commands.ts';
import { unitName } from '../../../core/runtimes/node-step.ts';
import { aDispatch, aStep } from '../../builders/nodes.ts';
import { plainScript, statusWhen, type NodesWorld } from './world.ts';

jest.setTimeout(60_000);

/** What commands on nodes promise, whatever carries them. */
export function describeNodeCommands(name: string, open: () => Promise<NodesWorld>): void {
  describe(`NodeCommands: ${name}`, () => {
    const job = jobId('01hjob0000000000000000000a');
    let world: NodesWorld;
    let nodes: readonly Node[];

    beforeAll(async () => {
      world = await open();
      nodes = await world.start(job, 3);
      await world.awaitOnline(job, nodes.map(({ instanceId }) => instanceId));
    });
    afterAll(() => world?.close());

    const stepOf = (index: number, script: string, fields: Partial<StepDispatch['step']> = {}): StepDispatch =>
      aDispatch({ jobId: job, nodes, step: aStep({ index, action: { kind: 'script', script }, ...fields }) });
    const settled = (commandId: string): Promise<CommandStatus> => statusWhen(world.commands, commandId, ({ over }) => over);
    const everywhere = (exitCode: number, tail: string) => nodes.map(({ instanceId }) => [instanceId, 'exited', exitCode, tail]).toSorted();

    it('has the instances of an attempt online, and of no other', async () => {
      expect(await world.commands.online(job, 1)).toEqual(new Set(nodes.map(({ instanceId }) => instanceId)));
      expect(await world.commands.online(job, 2)).toEqual(new Set());
      expect(await world.commands.online(jobId('01hother000000000000000000'), 1)).toEqual(new Set());
    });

    it('runs a step on every node and tells job, attempt and step with the answers', async () => {
      const status = await settled(await world.commands.send(stepOf(0, plainScript('hello', 0))));
      expect(status).toMatchObject({ jobId: job, attempt: 1, step: 'configure/0', over: true });
      expect(ends(status)).toEqual(everywhere(0, 'hello'));
    });

    it('keeps exit codes and the last words', async () => {
      expect(ends(await settled(await world.commands.send(stepOf(1, plainScript('oh', 7)))))).toEqual(everywhere(7, 'oh'));
    });

    it('says when each node began and ended, where nodes tell', async () => {
      const sentMs = Date.now();
      const { answers } = await settled(await world.commands.send(stepOf(5, plainScript('when', 0))));
      const seenMs = Date.now();
      const within = answers.map(({ ran }) => (ran === undefined ? 'untold' : sentMs <= ran.startMs && ran.startMs <= ran.endMs && ran.endMs <= seenMs));
      expect(within).toEqual(nodes.map(() => (world.tellsTimes ? true : 'untold')));
    });

    it('runs a step of the head on the head only', async () => {
      const status = await settled(await world.commands.send(stepOf(0, plainScript('head', 0), { phase: 'run', ranks: 'head' })));
      expect(ends(status)).toEqual([[nodes[0]?.instanceId, 'exited', 0, 'head']]);
    });

    it('says that a step runs, and attaches a second command to it', async () => {
      const dispatch = stepOf(1, world.heldScript('done', 5), { phase: 'run', ranks: 'head' });
      const first = await world.commands.send(dispatch);
      await statusWhen(world.commands, first, ({ answers }) => answers[0]?.status === 'running');
      expect((await world.commands.status(first))?.over).toBe(false);
      const second = await world.commands.send(dispatch);
      if (nodes[0] !== undefined) await world.letGo(nodes[0]);
      expect(ends(await settled(first))).toEqual([[nodes[0]?.instanceId, 'exited', 5, 'done']]);
      expect(ends(await settled(second))).toEqual(ends(await settled(first)));
    });

    it('answers a step that is over without running it again', async () => {
      const again = await world.commands.send(stepOf(1, plainScript('other', 0)));
      expect(ends(await settled(again))).toEqual(everywhere(7, 'oh'));
    });

    it('cancels a command, not the unit: the next command attaches', async () => {
      const dispatch = stepOf(2, world.heldScript('late', 3), { phase: 'run', ranks: 'head' });
      const first = await world.commands.send(dispatch);
      await statusWhen(world.commands, first, ({ answers }) => answers[0]?.status === 'running');
      await world.commands.cancel(first);
      expect((await settled(first)).answers.map(({ status }) => status)).toEqual(['cancelled']);
      const second = await world.commands.send(dispatch);
      if (nodes[0] !== undefined) await world.letGo(nodes[0]);
      expect(ends(await settled(second))).toEqual([[nodes[0]?.instanceId, 'exited', 3, 'late']]);
    });

    it('stops what must have ended before a step begins', async () => {
      const run = stepOf(3, world.heldScript('never', 0), { phase: 'run', ranks: 'head' });
      const running = await world.commands.send(run);
      await statusWhen(world.commands, running, ({ answers }) => answers[0]?.status === 'running');
      const post = { ...stepOf(0, plainScript('after', 0), { phase: 'postRun', ranks: 'head' }), stopFirst: [unit(job, 3), unit(job, 4)] };
      expect(ends(await settled(await world.commands.send(post)))).toEqual([[nodes[0]?.instanceId, 'exited', 0, 'after']]);
      expect((await settled(running)).answers).toMatchObject([{ status: 'exited', exitCode: 143 }]);
      const never = await world.commands.send(stepOf(4, plainScript('never', 0), { phase: 'run', ranks: 'head' }));
      expect((await settled(never)).answers).toMatchObject([{ status: 'exited', exitCode: 143 }]);
    });

    it('knows nothing of a command that was never sent', async () => {
      expect(await world.commands.status('00000000-0000-4000-8000-000000000000')).toBeUndefined();
    });
  });
}

const ends = ({ answers }: CommandStatus) => answers.map(({ instanceId, status, exitCode, tail }) => [instanceId, status, exitCode, tail]).toSorted();
const unit = (job: JobId, index: number): string => unitName(job, 1, 'run', index);
