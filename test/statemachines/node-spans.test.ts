import { beforeEach, describe, expect, it } from '@jest/globals';
import { epochMs, type JobId } from '../../core/job/ids.ts';
import { jobTrace } from '../../core/trace/job-trace.ts';
import type { UnitEnd } from '../fakes/in-memory-node-commands.ts';
import { flawsOf } from '../builders/trace.ts';
import { InMemoryWorld } from './in-memory-world.ts';
import { lived } from './lived.ts';
import { inStep, unitOfRun } from './loss-story.ts';
import { aManifest } from './manifests.ts';

describe('the nodes of a step in the trace of a job', () => {
  let world: InMemoryWorld;
  /** How a step ends on a node: it takes a hundred milliseconds on the head, and on each further node a hundred more. */
  const end = (rank: number, exitCode = 0): UnitEnd => {
    const startMs = world.clock.now();
    return { status: 'exited', exitCode, tail: '', ran: { startMs, endMs: epochMs(startMs + (rank + 1) * 100) } };
  };
  const spansOf = (id: JobId) => {
    const trace = jobTrace({ ...world.job(id), attempts: [] }, world.history(id));
    expect(flawsOf(trace)).toEqual([]);
    const steps = new Map(trace.spans.filter(({ subject }) => subject === 'step').map(({ spanId, name }) => [spanId, name]));
    return trace.spans.filter(({ subject }) => subject === 'node').map(({ name, parentId = '', error }) => `${steps.get(parentId)}: ${name}${error === undefined ? '' : ` ${error}`}`).toSorted();
  };

  beforeEach(() => {
    world = new InMemoryWorld();
  });

  it('are those of each hook and of each step of the job, and of nothing of the orchestrator’s own', async () => {
    world.commands.endOf = (_, { rank }) => end(rank);
    const id = await world.submit(aManifest(), 'job-a');
    expect(await lived(world, id)).toContain('SUCCEEDED');
    expect(world.history(id).filter(({ type, data }) => type === 'StepStarted' && data?.['system'] === true)).toHaveLength(1);
    expect(spansOf(id)).toEqual([
      'collect: head-0', 'install: head-0', 'install: workers-0', 'install: workers-1', 'test: head-0', 'train: head-0', 'upload: head-0',
    ]);
  });

  it('tell where a hook failed, and where a step of the orchestrator did', async () => {
    for (const step of ['install', 'Share /data']) {
      world = new InMemoryWorld();
      world.commands.endOf = (dispatch, { rank }) => end(rank, dispatch.step.name === step && rank === 1 ? 3 : 0);
      const id = await world.submit(aManifest(), 'job-a');
      expect(await lived(world, id)).toContain('CONFIGURATION_FAILED');
      expect(spansOf(id)).toEqual(expect.arrayContaining([`${step}: head-0`, `${step}: workers-0 exit code 3`, `${step}: workers-1`]));
    }
  });

  it('are none where nobody says when a step ran', async () => {
    const id = await world.submit(aManifest(), 'job-a');
    expect(await lived(world, id)).toContain('SUCCEEDED');
    expect(spansOf(id)).toEqual([]);
    expect(world.history(id).some(({ data }) => data?.['nodeRuns'] !== undefined)).toBe(false);
  });

  it('are none where the nodes cannot be read, and the job goes on', async () => {
    world.commands.endOf = (_, { rank }) => end(rank);
    world.gate = (call) => (call === 'attempts.peekNodes' ? 'before' : undefined);
    const id = await world.submit(aManifest(), 'job-a');
    expect(await lived(world, id)).toContain('SUCCEEDED');
    expect(spansOf(id)).not.toContain('install: workers-1');
  });

  it('are none of what a scheduler ran', async () => {
    const scheduler = { id: '1', state: 'COMPLETED', nodes: 'workers-[0-1]', restarts: 0 };
    world.commands.endOf = ({ step }, { rank }) => ({ ...end(rank), ...(step.launcher === undefined ? {} : { scheduler }) });
    const id = await world.submit(aManifest({ runtime: 'Slurm' }), 'job-a');
    expect(await lived(world, id)).toContain('SUCCEEDED');
    expect(spansOf(id).filter((node) => /^(?:train|test):/.test(node))).toEqual([]);
    expect(spansOf(id)).toContain('install: workers-1');
  });

  it('began nobody knows when, where a step was sent again', async () => {
    const id = await inStep(world, 'train', { more: '' });
    const [key, found] = [...world.table.steps].find(([, { name }]) => name === 'train') ?? [];
    if (key === undefined || found === undefined) throw new Error('The step has no record.');
    world.table.steps.set(key, { ...found, sends: 2 });
    world.commands.endOf = (_, { rank }) => end(rank);
    world.commands.end(world.node(id, 0), unitOfRun(world, id), end(0));
    expect(await lived(world, id)).toContain('SUCCEEDED');
    const { spans } = jobTrace({ ...world.job(id), attempts: [] }, world.history(id));
    const step = spans.find(({ name }) => name === 'train');
    expect(spans.find(({ parentId }) => parentId === step?.spanId)).toMatchObject({ name: 'head-0', startMs: step?.startMs, attributes: { 'orchestrator.time.unknown': true } });
  });
});
