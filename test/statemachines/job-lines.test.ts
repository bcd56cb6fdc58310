import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import type { JobId } from '../../core/job/ids.ts';
import { traceIdOf } from '../../core/runtimes/trace-context.ts';
import { destroyNodes } from '../../lambdas/lifecycle/destroy-nodes/destroy-nodes.ts';
import { onCommandFinished } from '../../lambdas/lifecycle/on-command-finished/on-command-finished.ts';
import { onInstanceNotice } from '../../lambdas/lifecycle/on-instance-event/on-instance-event.ts';
import { reconcile } from '../../lambdas/lifecycle/reconcile/reconcile.ts';
import { runStep, type StepInput } from '../../lambdas/lifecycle/run-step/run-step.ts';
import { eventHandler } from '../../lambdas/runtime/event-handler.ts';
import { taskHandler } from '../../lambdas/runtime/task-handler.ts';
import { logger } from '../../lambdas/runtime/telemetry.ts';
import { lambdaContext } from '../builders/lambda-events.ts';
import { logged, silenceLogs } from '../builders/logs.ts';
import { InMemoryWorld } from './in-memory-world.ts';
import { aManifest } from './manifests.ts';
import { hanging } from './step-ends.ts';

beforeAll(silenceLogs);

let world: InMemoryWorld;
let id: JobId;

/** A job runs its step; the work of a function on it then fails wherever it answers a token. */
beforeEach(async () => {
  world = new InMemoryWorld();
  world.commands.endOf = hanging('train');
  id = await world.submit(aManifest(), 'job-a');
  for (let n = 0; n < 40 && world.job(id).state !== 'RUNNING'; n += 1) await world.tick(5);
  await world.tick(5);
  world.gate = (call) => (call === 'tokens.answer' ? 'before' : undefined);
  // What the world does stands on no stack.
  logger.resetKeys();
});

const ofJob = () => ({ jobId: 'job-a', attempt: 1, namespace: world.job(id).namespace, traceId: traceIdOf(id) });
const reaction = (run: () => Promise<void>) => logged(() => eventHandler({ schema: z.unknown(), run })({}, lambdaContext()).catch(() => undefined));

describe('lines about a job', () => {
  it('of a task have its namespace and its user, once the job was read', async () => {
    const task = taskHandler({ run: (input) => destroyNodes(world.ports, input) });
    const lines = await logged(() => task({ jobId: id, attempt: 1, enter: [] }, lambdaContext()));
    expect(lines).toEqual([expect.objectContaining({ ...ofJob(), user: 'ada', message: 'Task answered' })]);
  });

  it('of a step have its name', async () => {
    world.gate = (call) => (call === 'attempts.beginStep' ? 'before' : undefined);
    const task = taskHandler({
      run: async (input) => {
        await runStep(world.ports, input as StepInput);
        return { kind: 'pending' };
      },
    });
    const lines = await logged(() => task({ jobId: id, attempt: 1, enter: [], phase: 'run', step: 0, token: 'token' }, lambdaContext()).catch(() => undefined));
    expect(lines).toEqual([expect.objectContaining({ ...ofJob(), step: 'train', stepIndex: 0, phase: 'run', message: 'Task failed' })]);
  });

  it('of the end of a command have the step that it was for', async () => {
    let looks = 0;
    world.gate = (call) => (call === 'commands.status' && (looks += 1) > 1 ? 'before' : undefined);
    const { namespace: _, ...known } = ofJob();
    const lines = await reaction(() => onCommandFinished(world.ports, `command-${world.commands.sent.length}`));
    expect(lines).toEqual([expect.objectContaining({ ...known, step: 'train', message: 'Event failed' })]);
  });

  it('of the end of an instance have the node', async () => {
    const node = world.node(id, 1);
    world.capacity.machines.reclaim(node.instanceId);
    const lines = await reaction(() => onInstanceNotice(world.ports, { instanceId: node.instanceId, kind: 'gone' }));
    expect(lines).toEqual([expect.objectContaining({ ...ofJob(), node: node.name, instanceId: node.instanceId, message: 'Event failed' })]);
  });

  it('of the reconciler say it each for itself: it looks after many at a time', async () => {
    await world.pass(world.job(id).ttlSeconds * 1000);
    const lines = await reaction(async () => void (await reconcile({ ...world.ports, log: logger })));
    const [failure, report] = lines;
    expect(failure).toMatchObject({ ...ofJob(), message: 'reconcile: attempt 1 of job-a failed' });
    expect(report).toMatchObject({ message: 'reconciled' });
    expect(report).not.toHaveProperty('jobId');
  });

  it('of the reconciler say once that nodes could not be read, which it looks at twice', async () => {
    world.gate = (call) => (call === 'attempts.nodes' ? 'before' : undefined);
    const lines = await reaction(async () => void (await reconcile({ ...world.ports, log: logger })));
    expect(lines.filter(({ message }) => message === 'reconcile: attempt 1 of job-a failed')).toHaveLength(1);
    expect(lines).toContainEqual(expect.objectContaining({ message: 'reconciled', report: expect.objectContaining({ failures: 1 }) }));
  });
});
