import { describe, expect, it } from '@jest/globals';
import { epochMs, instanceId } from '../../../core/job/ids.ts';
import type { Job, Node } from '../../../core/job/job.ts';
import type { StepDispatch } from '../../../core/ports/node-commands.ts';
import { unitOf } from '../../../core/runtimes/node-step.ts';
import { tellRuntime } from '../../../lambdas/lifecycle/tell-runtime.ts';
import { aNode } from '../../builders/nodes.ts';
import { InMemoryWorld } from '../../statemachines/in-memory-world.ts';
import { aManifest } from '../../statemachines/manifests.ts';

const nodes = [aNode(0), aNode(1), aNode(2), aNode(3)];

/** Tells of the loss of nodes; answers what was sent and what was logged. */
async function told(lost: readonly Node[], { job: fields, all = nodes, fails = false, runtime = 'Slurm' }: { readonly job?: Partial<Job>; readonly all?: readonly Node[]; readonly fails?: boolean; readonly runtime?: 'None' | 'Slurm' } = {}) {
  const world = new InMemoryWorld();
  const id = await world.submit(aManifest({ runtime, more: '  onNodeLoss: Replace' }), 'job-a');
  const sent: StepDispatch[] = [];
  const warnings: Readonly<Record<string, unknown>>[] = [];
  const send = async (dispatch: StepDispatch): Promise<string> => {
    if (fails) throw new Error('no answer');
    sent.push(dispatch);
    return 'command';
  };
  const ports = { manifests: world.ports.manifests, commands: { send }, log: { warn: (_: string, facts: Readonly<Record<string, unknown>>) => void warnings.push(facts) } };
  await tellRuntime(ports, { ...world.job(id), state: 'RUNNING', ...fields }, all, lost);
  return { sent, warnings };
}

describe('the runtime of a running job', () => {
  it('is told of lost nodes by a step on the head that nobody waits for', async () => {
    const { sent: [dispatch, ...more] } = await told([aNode(3), aNode(1)]);
    expect(more).toEqual([]);
    expect(dispatch).toMatchObject({ attempt: 1, stopFirst: [], step: { phase: 'aside', index: 2, ranks: 'head', env: { LOST_NODES: 'workers-2=10.0.0.13 workers-0=10.0.0.11' } } });
    expect(dispatch?.nodes.map(({ rank }) => rank)).toEqual([0, 1, 2, 3]);
    expect(dispatch?.commandTimeoutSeconds).toBeLessThan(300);
  });

  it('is told in a place of its own of each loss, and in the same one of what was seen before', async () => {
    const gone = (node: Node): Node => ({ ...node, instanceId: instanceId(`i-gone${node.rank}`), goneAtMs: epochMs(1) });
    const story: readonly (readonly [lost: readonly number[], gone: readonly number[]])[] = [
      [[1], []], [[1], []], [[1, 2], []], [[1], [2]], [[1, 3], [2]], [[2], [1, 2, 3]],
    ];
    const units = await Promise.all(story.map(async ([lost, before]) => {
      const { sent: [dispatch] } = await told(lost.map((rank) => aNode(rank)), { all: [...nodes, ...before.map((rank) => gone(aNode(rank)))] });
      return dispatch === undefined ? '' : unitOf(dispatch.jobId, 1, dispatch.step);
    }));
    expect(units.map((unit) => units.indexOf(unit))).toEqual([0, 0, 2, 2, 4, 5]);
  });

  it.each<[string, readonly Node[], Parameters<typeof told>[1]]>([
    ['the head is lost, too', [aNode(0), aNode(1)], {}],
    ['nothing is lost', [], {}],
    ['the job does not run yet', [aNode(1)], { job: { state: 'CONFIGURING' } }],
    ['the runtime has nobody to tell', [aNode(1)], { runtime: 'None', job: { runtime: 'None' } }],
  ])('is told nothing where %s', async (_, lost, options) => {
    expect(await told(lost, options)).toEqual({ sent: [], warnings: [] });
  });

  it('finds out by itself what it cannot be told: the log says so', async () => {
    const { warnings } = await told([aNode(1)], { fails: true });
    expect(warnings).toEqual([expect.objectContaining({ nodes: 1, attempt: 1 })]);
  });
});
