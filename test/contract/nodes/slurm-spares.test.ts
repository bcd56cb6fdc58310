import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { parseManifest } from '../../../core/manifest/parse.ts';
import type { Manifest } from '../../../core/manifest/schema.ts';
import { slurmRuntime } from '../../../core/runtimes/slurm/slurm-runtime.ts';
import { stepsOf } from '../../../core/runtimes/steps.ts';
import { aManifestText } from '../../builders/manifest.ts';
import { whereSlurmIs } from '../../slurm/slurm-here.ts';
import { SLURM_TEST_MS, SlurmCluster, type SentStep } from './slurm-cluster.ts';

jest.setTimeout(SLURM_TEST_MS);

const what = 'a cluster that goes on with fewer nodes';

const workers = 5;

function aManifest(runtime: string, policy: string, script: readonly string[]): Manifest {
  const hooks = { onRun: [{ name: 'job', script: ['#!/bin/bash', ...script].join('\n') }] };
  const parsed = parseManifest(aManifestText({ spec: `  runtime: { type: Slurm${runtime} }\n  onNodeLoss: ${policy}\n  hooks: ${JSON.stringify(hooks)}\n` }).replace('count: 4', `count: ${workers}`));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.manifest;
}

whereSlurmIs(what)(what, () => {
  let cluster: SlurmCluster;
  let steps = 0;
  let rounds = 0;

  const submit = (manifest: Manifest): SentStep => {
    const [step] = stepsOf('run', { manifest, runtime: slurmRuntime, imageAliases: {} });
    if (step === undefined) throw new Error('nothing runs');
    steps += 1;
    return cluster.send(manifest, { ...step, index: steps });
  };
  const lose = async (manifest: Manifest, rank: number, isTold: boolean): Promise<void> => {
    const lost = cluster.nodes.find((node) => node.rank === rank);
    if (lost === undefined) throw new Error('nobody is there');
    await cluster.kill(lost);
    if (isTold) await cluster.tellLost(manifest, [lost]);
    cluster.nodes = cluster.nodes.filter((node) => node !== lost);
    rounds += 1;
    const answers = await cluster.configure(manifest, rounds);
    // Machines that were killed without a word from EC2 are still sent what all are sent.
    const failed = answers.filter(({ instanceId, exitCode }) => exitCode !== 0 && cluster.nodes.some((node) => node.instanceId === instanceId));
    expect(failed).toEqual([]);
  };
  const there = async (): Promise<string> => {
    const [head] = cluster.nodes;
    return head === undefined ? '' : cluster.look(head, 'sinfo --noheader --partition=all --format="%N %D"');
  };

  beforeAll(async () => {
    cluster = await SlurmCluster.open();
    cluster.nodes = await Promise.all([0, 1, 2, 3, 4, 5].map((rank) => cluster.launch(rank, `us-east-1${rank < 3 ? 'a' : 'b'}`)));
    await cluster.configure(aManifest('', 'Replace', ['true']));
  });
  afterAll(() => cluster?.close());

  it('keeps a job that goes on without the lost one, and asks for no more nodes than there are in the next', async () => {
    const script = ['echo "begun with $SLURM_NNODES"', '[ "$SLURM_NNODES" = 5 ] || exit 0', 'srun sleep 600', 'until [ -e /data/go ]; do sleep 0.2; done', 'srun --nodes=4 hostname', 'echo "goes on"'];
    const manifest = aManifest('', 'Replace', script);
    const sent = submit(manifest);
    await cluster.heard('begun with 5');
    await lose(manifest, 5, true);
    expect(await there()).toBe('workers-[0-3] 4');
    const [head] = cluster.nodes;
    if (head !== undefined) await cluster.look(head, 'touch /data/go');
    expect((await sent.ended).answers[0]).toMatchObject({ exitCode: 0, tail: expect.stringMatching(/workers-\d\ngoes on/), scheduler: { state: 'COMPLETED', restarts: 0 } });
    expect((await submit(manifest).ended).answers[0]).toMatchObject({ exitCode: 0, tail: expect.stringContaining('begun with 4') });
  });

  it('ends a job that could go on, when the node of its script is lost', async () => {
    const manifest = aManifest('', 'Replace', ['echo "script on $(hostname)"', 'sleep 600']);
    const sent = submit(manifest);
    await cluster.heard('script on workers-0');
    await lose(manifest, 1, true);
    const answer = (await sent.ended).answers[0];
    expect(answer).toMatchObject({ scheduler: { state: 'NODE_FAIL', restarts: 0 } });
    expect(answer?.exitCode).not.toBe(0);
  });

  it('starts a job that puts itself back again and again, never so soon that its nodes refuse it', async () => {
    const script = ['[ "${SLURM_RESTART_COUNT-0}" -lt 3 ] || { echo through; exit; }', 'scontrol requeue "$SLURM_JOB_ID"', 'sleep 600'];
    const answer = (await submit(aManifest(', nodes: 2', 'Requeue', script)).ended).answers[0];
    expect(answer).toMatchObject({ exitCode: 0, tail: expect.stringContaining('through'), scheduler: { state: 'COMPLETED', restarts: 3 } });
  });

  it.each([
    ['has heard of the loss', true],
    ['has not heard of it', false],
  ])('starts a job again on those that are left where Slurm %s', async (_, isTold) => {
    const script = ['echo "start ${SLURM_RESTART_COUNT-0} on $SLURM_JOB_NODELIST"', '[ -n "${SLURM_RESTART_COUNT-}" ] || sleep 600'];
    const manifest = aManifest(', nodes: 1', 'Requeue', script);
    const sent = submit(manifest);
    const started = /start 0 on (workers-\d)/g;
    const before = [...cluster.logs().matchAll(started)].length;
    await cluster.until('the job starts', () => [...cluster.logs().matchAll(started)].length > before);
    const name = [...cluster.logs().matchAll(started)].at(-1)?.[1];
    await lose(manifest, Number(name?.split('-')[1]) + 1, isTold);
    expect(await there()).not.toContain(name);
    expect((await sent.ended).answers[0]).toMatchObject({ exitCode: 0, tail: expect.stringContaining('start 1 on'), scheduler: { state: 'COMPLETED', restarts: 1 } });
  });
});
