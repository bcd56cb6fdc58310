import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Node } from '../../../core/job/job.ts';
import { filesWith, holds } from '../../slurm/key-search.ts';
import { answersIn, answersOf, runMpi } from '../../slurm/mpi-program.ts';
import { processes } from '../../slurm/processes.ts';
import { BatchJobs, answerOf, bash, linesOf } from './batch-jobs.ts';
import { interrupted, KILL_BOTH, SUBMIT, SUBMIT_LATE } from './interrupted-submission.ts';
import { aSlurmManifest } from './slurm-manifest.ts';
import { SlurmCluster } from './slurm-cluster.ts';

const zones = ['us-east-1a', 'us-east-1a', 'us-east-1b', 'us-east-1c'];
const workers = ['workers-0', 'workers-1', 'workers-2'];
const allWorkers = 'workers-[0-2]';
/** So that jobs run beside each other. */
const SHARED = '#SBATCH --oversubscribe --mem=100';

/** What depends on the release of Slurm, on a head and three workers in three zones: the machine's release, or that of a root. */
export function slurmNodesContract(base?: string): void {
  const manifest = aSlurmManifest({ script: '#!/bin/sh' }, workers.length);
  let cluster: SlurmCluster;
  let jobs: BatchJobs;
  const commands = new Set<string>();
  let watch: NodeJS.Timeout | undefined;

  const daemons = async (): Promise<readonly string[]> =>
    Promise.all(cluster.nodes.slice(1, 3).map((node) => cluster.look(node, 'systemctl show --property=MainPID --value orch-munged orch-slurmd')));
  const head = (): Node => {
    const [node] = cluster.nodes;
    if (node === undefined) throw new Error('no such node');
    return node;
  };
  const spot = (): Node => {
    const [, , , node] = cluster.nodes;
    if (node === undefined) throw new Error('no such node');
    return node;
  };

  beforeAll(async () => {
    cluster = await SlurmCluster.open(base);
    jobs = new BatchJobs(cluster, workers.length);
    watch = setInterval(() => { for (const { line } of processes()) commands.add(line); }, 200);
    cluster.nodes = await Promise.all(zones.map((zone, rank) => cluster.launch(rank, zone, rank === 3 ? 'spot' : 'on-demand')));
  });
  afterAll(async () => {
    clearInterval(watch);
    await cluster?.close();
  });

  it('is a cluster of all nodes when the steps of the configuration are done', async () => {
    const answers = await cluster.configure(manifest);
    expect(answers.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    expect(await jobs.onHead('sinfo --noheader --partition=all --format="%N %T"')).toBe(`${allWorkers} idle`);
    expect(await jobs.onHead('scontrol show topology | grep Level=0 | cut -d" " -f1,4')).toBe(
      ['a', 'b', 'c'].map((zone, index) => `SwitchName=us-east-1${zone} Nodes=workers-${index}`).join('\n'),
    );
  });

  it('runs a batch job with MPI on all workers, whose tasks know their nodes', async () => {
    const answer = await jobs.run(...runMpi, `srun bash -c 'echo "at $ORCH_NODE $ORCH_RANK $ORCH_POOL"'`, 'env | grep -c "^ORCH_FILES\\|^ORCH_REPORT"');
    const lines = linesOf(answer);
    expect(answersIn(lines)).toEqual(answersOf(workers));
    expect(lines.filter((line) => line.startsWith('at ')).toSorted()).toEqual(workers.map((name, index) => `at ${name} ${index + 1} workers`));
    expect(lines.at(-1)).toMatch(/exit code 1:0/);
    expect(answer.scheduler).toMatchObject({ state: 'FAILED', nodes: allWorkers, restarts: 0 });
  });

  it('ends a step as the script ends, and quotes Slurm', async () => {
    const answers = await Promise.all([
      jobs.run(SHARED, 'echo fine'), jobs.run(SHARED, 'exit 7'), jobs.run(SHARED, 'kill -KILL $$'), jobs.run('#SBATCH --licenses=nonsense:1', 'echo never'),
      jobs.run('#SBATCH --mem=90000000', 'echo never'),
    ]);
    expect(answers.map(({ exitCode }) => exitCode)).toEqual([0, 7, 137, 1, 1]);
    expect(answers.map(({ scheduler }) => scheduler?.state)).toEqual(['COMPLETED', 'FAILED', 'FAILED', undefined, 'CANCELLED']);
    expect(answers[0]?.tail).toMatch(/^Submitted batch job \d+\nfine$/);
    expect(answers[1]?.tail).toMatch(/Slurm: batch job \d+ ended as FAILED \(NonZeroExitCode, exit code 7:0\)/);
    expect(answers[3]?.tail).toMatch(/sbatch: error: .*license/i);
    expect(answers[4]?.tail).toMatch(/No nodes of the cluster have what batch job \d+ asks for \(BadConstraints\)[^]*Requested node configuration is not available/);
  });

  it('shows output that goes where the script says, and makes its folder', async () => {
    const named = await jobs.run('#SBATCH --chdir=/data --output=logs/%N-%j.txt --error=errors/all.txt', 'echo here', 'echo there >&2');
    expect(linesOf(named).slice(1).toSorted()).toEqual(['here', 'there']);
    const unknown = await jobs.run('#SBATCH --output=/data/%s.txt', 'echo hidden');
    expect(unknown.tail).toMatch(/The output of batch job \d+ is in \/data\/%s.txt, and cannot be shown here/);
  });

  it('tells the output while the script runs, attaches to it, and cancels it with time to end', async () => {
    const { step } = jobs.step({ script: bash(`trap 'echo asked; exit 3' TERM`, 'echo it began', 'while :; do sleep 0.1; done') });
    const sent = cluster.send(manifest, step);
    await cluster.heard('it began');
    const again = cluster.send(manifest, step);
    const after = { phase: 'postRun', index: 0, name: 'after', ranks: 'head', env: {}, system: false, action: { kind: 'script', script: 'squeue --noheader' } } as const;
    const post = await answerOf(cluster.send(manifest, after, [`orch-01hjob0000000000000000000s-1-run-${step.index}`]));
    expect(post.tail).toBe('');
    const answers = [await answerOf(sent), await answerOf(again)];
    expect(answers.map(({ exitCode }) => exitCode)).toEqual([143, 143]);
    expect(answers.map(({ tail }) => tail)).toEqual([expect.stringContaining('asked'), expect.stringContaining('asked')]);
    expect(answers[0]?.scheduler).toMatchObject({ state: 'CANCELLED' });
  });

  it('runs a job once where all that submits it is killed when Slurm has answered, whatever its script says of itself', async () => {
    const script = ['#SBATCH --job-name=mine --comment="of mine" --begin=now+1 --dependency=singleton --priority=7'];
    expect(await interrupted(cluster, jobs, head(), { sbatch: [SUBMIT, KILL_BOTH], script })).toEqual({ exitCode: 6, runs: 'ran', said: ['Found'] });
    expect(await jobs.onHead('scontrol show job | grep -c "JobName=mine\\|Comment=of mine"')).toBe('2');
  });

  it('runs a job once where Slurm hears of it twice', async () => {
    const script = ['until [ -s /data/late ]; do sleep 0.1; done'];
    expect(await interrupted(cluster, jobs, head(), { sbatch: [KILL_BOTH, SUBMIT_LATE], script })).toEqual({ exitCode: 6, runs: 'ran', said: ['Submitted'] });
    expect(await jobs.onHead('squeue --noheader --jobs="$(cat /data/late)" --format="%T %r"; scancel "$(cat /data/late)"')).toBe('PENDING JobHeldUser');
  });

  it('goes through the loss of a node that EC2 wants back: scripts that handle the signal get it, others are spared, and put back or go on', async () => {
    const lost = spot();
    const handles = jobs.submit(SHARED, `trap 'echo "caught, $(sinfo --noheader --nodes=workers-2 --partition=all --format=%E)"; exit 5' USR1`, 'echo handles', 'while :; do sleep 0.1; done');
    const image = jobs.submit(SHARED, runsImage('bash:5', 'bash', '-c', `trap 'echo "told $SLURM_PROCID"; exit 0' USR1; echo "contains $SLURM_PROCID"; while :; do sleep 0.1; done`));
    const begunAgain = jobs.submit(SHARED, 'echo "run ${SLURM_RESTART_COUNT-0}"', '[ -n "${SLURM_RESTART_COUNT-}" ] || srun sleep 600', 'srun hostname', 'echo through');
    const goesOn = jobs.send({ script: bash(SHARED, 'echo stays', 'while scontrol show job $SLURM_JOB_ID | grep -q NumNodes=3; do sleep 0.2; done', 'echo "with $(scontrol show job $SLURM_JOB_ID | grep -o NumNodes=.)"') }, 'Replace');
    await cluster.heard('handles', 'run 0', 'stays', 'contains 0', 'contains 1', 'contains 2');
    const before = await daemons();
    await cluster.notice(lost);
    const caught = await answerOf(handles);
    expect(caught).toMatchObject({ exitCode: 5, tail: expect.stringMatching(/caught, Spot interruption at \d{4}-\d\d-\d\dT/) });
    expect(caught.tail).toMatch(/EC2 wants a node of batch job \d+ back: Spot interruption at/);
    const told = await answerOf(image);
    expect([told.exitCode, told.exitCode === 0 ? '' : told.tail]).toEqual([0, '']);
    expect(linesOf(told).filter((line) => line.startsWith('told')).toSorted()).toEqual(['told 0', 'told 1', 'told 2']);
    expect(await cluster.look(lost, 'echo still there')).toBe('still there');
    await cluster.heard('is in the queue again, restarts: 1');
    await cluster.kill(lost);
    await cluster.tellLost(manifest, [lost]);
    cluster.nodes = [...cluster.nodes.slice(0, 3), await cluster.launch(3, 'us-east-1b', 'spot')];
    await cluster.configure(manifest, 1);
    expect(await answerOf(goesOn)).toMatchObject({ exitCode: 0, tail: expect.stringContaining('with NumNodes=2'), scheduler: { restarts: 0 } });
    const answer = await answerOf(begunAgain);
    expect(linesOf(answer)).toEqual(expect.arrayContaining(['run 1', ...workers, 'through']));
    expect(answer).toMatchObject({ exitCode: 0, scheduler: { state: 'COMPLETED', restarts: 1 } });
    expect(await daemons()).toEqual(before);
    expect(await jobs.onHead('scontrol show topology | grep us-east-1b | cut -d" " -f4')).toContain('workers-[1-2]');
    // What waits for the signal on behalf of a script ends with it.
    const [, first] = cluster.nodes;
    if (first !== undefined) await cluster.until('nobody waits for the signal any more', async () => (await cluster.look(first, 'pgrep --full "[t]ask-prolog"')) === '');
  });

  it('has its key on the nodes, for root alone, and nowhere else', async () => {
    const folders = await Promise.all(cluster.nodes.map((node) => cluster.folders(node)));
    const found = folders.flat().flatMap((folder) => filesWith(folder, cluster.secret));
    expect(found.map(({ path, readableByAll }) => [path.replace(/.*\/upper\//, ''), readableByAll])).toEqual(
      cluster.nodes.map(() => ['var/lib/orchestrator/slurm/conf/munge.key', false]),
    );
    expect([...commands].some((line) => line.includes('munged'))).toBe(true);
    expect([...commands].filter((line) => holds(line, cluster.secret))).toEqual([]);
    expect(holds(cluster.logs(), cluster.secret)).toBe(false);
  });
}

/** As a step with an image does it, which has its nodes for itself. */
const runsImage = (image: string, ...command: string[]): string =>
  `exec srun python3 /var/lib/orchestrator/slurm/bin/run_image.py "$(cat << 'END'\n${JSON.stringify({ image, command })}\nEND\n)"`;

