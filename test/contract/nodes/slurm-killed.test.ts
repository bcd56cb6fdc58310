import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Node } from '../../../core/job/job.ts';
import type { NodeAnswer } from '../../../core/ports/node-commands.ts';
import { whereSlurmIs } from '../../slurm/slurm-here.ts';
import { BatchJobs, answerOf } from './batch-jobs.ts';
import { FOLLOWER, interrupted, KILL_BOTH, SUBMIT } from './interrupted-submission.ts';
import { SLURM_TEST_MS, SlurmCluster } from './slurm-cluster.ts';
import { aSlurmManifest } from './slurm-manifest.ts';

jest.setTimeout(SLURM_TEST_MS);

const what = 'batch jobs whose launcher is killed';
const launcher = `pgrep --oldest --full '^/bin/bash .*/run-job.sh'`;

whereSlurmIs(what)(what, () => {
  const manifest = aSlurmManifest({ script: '#!/bin/sh' }, 1);
  let cluster: SlurmCluster;
  let jobs: BatchJobs;
  let head: Node;
  let steps = 0;

  /** Runs a step, kills a process of its in the middle, and lets the job go on then. */
  const runAndKill = async (victim: string): Promise<NodeAnswer> => {
    steps += 1;
    const number = steps;
    const sent = jobs.submit(`echo "begun ${number}"`, `until [ -e /data/go-${number} ]; do sleep 0.2; done`, 'echo through', 'exit 6');
    await cluster.heard(`begun ${number}`);
    await cluster.look(head, `kill -KILL ${victim}`);
    const said = new RegExp(`was killed[^]*begun ${number}`);
    if (!victim.includes('step_unit')) {
      await cluster.until(`the steps say ${said.source}`, () => said.test(cluster.logs()));
      await cluster.look(head, `touch /data/go-${number}`);
    }
    return answerOf(sent);
  };

  /** Waits until a command runs on the head node whose line begins so. */
  const runs = (line: string): Promise<string> => cluster.look(head, `until pgrep --full '^${line}' > /dev/null; do sleep 0.05; done`);

  beforeAll(async () => {
    cluster = await SlurmCluster.open();
    jobs = new BatchJobs(cluster, 1);
    const nodes = await Promise.all([cluster.launch(0, 'us-east-1a'), cluster.launch(1, 'us-east-1b')]);
    [head] = nodes;
    cluster.nodes = nodes;
    await cluster.configure(manifest);
  });
  afterAll(() => cluster?.close());

  it.each([
    ['it', `$(${launcher})`],
    ['what follows the job', `$(pgrep --parent "$(${launcher})")`],
  ])('are followed to their end by another where %s is killed', async (_, victim) => {
    const answer = await runAndKill(victim);
    expect(answer).toMatchObject({ exitCode: 6, tail: expect.stringContaining('through'), scheduler: { state: 'FAILED', restarts: 0 } });
    expect(answer.tail?.match(/Submitted/g)).toHaveLength(1);
  });

  it.each([
    ['before Slurm is asked', 'Submitted', [KILL_BOTH]],
    ['without its launcher, when Slurm has answered', 'Found', [SUBMIT, `kill -KILL ${FOLLOWER}`]],
    ['not at all, but the answer is lost', 'Found', [SUBMIT, 'exit 1']],
  ])('run once where what submits is killed %s', async (_, said, lines) => {
    expect(await interrupted(cluster, jobs, head, { sbatch: lines })).toEqual({ exitCode: 6, runs: 'ran', said: [said] });
  });

  it('run once where sbatch is about to ask when the others are killed: the next launcher waits for it', async () => {
    const asksLater = [KILL_BOTH, 'until [ -e /data/ask ]; do sleep 0.05; done', SUBMIT];
    const letAsk = async (): Promise<void> => {
      await runs('flock 9');
      await cluster.look(head, 'touch /data/ask');
    };
    expect(await interrupted(cluster, jobs, head, { sbatch: asksLater, meanwhile: letAsk })).toEqual({ exitCode: 6, runs: 'ran', said: ['Found'] });
  });

  it('run once where the controller is silent by then: nothing is submitted before it answers', async () => {
    const stops = [SUBMIT, 'systemctl stop orch-slurmctld', KILL_BOTH];
    const startAgain = async (): Promise<void> => {
      await runs('squeue --noheader');
      await cluster.configure(manifest, 1);
    };
    expect(await interrupted(cluster, jobs, head, { sbatch: stops, meanwhile: startAgain })).toEqual({ exitCode: 6, runs: 'ran', said: ['Found'] });
  });

  it('are cancelled where whoever runs the step is: nobody hears of them any more', async () => {
    const answer = await runAndKill(`$(pgrep --full 'step_unit.py .*-run-')`);
    expect(answer).toMatchObject({ exitCode: 255, tail: expect.stringContaining('the unit ended without an exit code') });
    await cluster.look(head, 'until [ -z "$(squeue --noheader)" ]; do sleep 0.2; done');
    expect(await cluster.look(head, `scontrol show job | grep -o 'JobState=[A-Z]*' | tail -n 1`)).toBe('JobState=CANCELLED');
  });
});
