import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Node } from '../../../core/job/job.ts';
import { whereSlurmIs } from '../../slurm/slurm-here.ts';
import { BatchJobs, answerOf, bash, linesOf } from './batch-jobs.ts';
import { SLURM_TEST_MS, SlurmCluster } from './slurm-cluster.ts';
import { aSlurmManifest } from './slurm-manifest.ts';

jest.setTimeout(SLURM_TEST_MS);

const manifest = aSlurmManifest({ script: '#!/bin/sh' }, 2);
const state = 'sinfo --noheader --Node --partition=all --format="%N %T %E"';

/** So that jobs run beside each other. */
const SHARED = '#SBATCH --oversubscribe --mem=100';

const what = 'nodes of Slurm that stay, fail and are replaced';
whereSlurmIs(what)(what, () => {
  let cluster: SlurmCluster;
  let jobs: BatchJobs;
  let head: Node;
  let worker: Node;
  let rounds = 0;

  /** The next round of the configuration; answers what the head said of Slurm. */
  const configured = async (): Promise<string | undefined> => {
    rounds += 1;
    const answers = await cluster.configure(manifest, rounds);
    // Machines that are gone say nothing.
    expect(answers.filter(({ exitCode = 0 }) => exitCode !== 0)).toEqual([]);
    return answers.findLast(({ instanceId }) => instanceId === head.instanceId)?.tail;
  };
  /** What comes of something while a node is not as it should be. It is again then, whatever came of it: other tests follow. */
  const sabotaged = async <T>(node: Node, breaks: string, mends: string, meanwhile: () => Promise<T>): Promise<T> => {
    await cluster.look(node, breaks);
    try {
      return await meanwhile();
    } finally {
      await cluster.look(node, mends);
    }
  };
  const daemons = (): Promise<string> => cluster.look(worker, 'systemctl show --property=MainPID --value orch-munged orch-slurmd');

  beforeAll(async () => {
    cluster = await SlurmCluster.open();
    jobs = new BatchJobs(cluster, 2);
    const [first, second, third] = await Promise.all([cluster.launch(0, 'us-east-1a', 'spot'), cluster.launch(1, 'us-east-1a'), cluster.launch(2, 'us-east-1b')]);
    head = first;
    worker = second;
    cluster.nodes = [first, second, third];
  });
  afterAll(() => cluster?.close());

  it('say why a daemon did not start, and on the head whose; it may in another round', async () => {
    const broken = 'printf "#!/bin/sh\\necho slurmd: fatal: broken on purpose >&2\\nsleep 2.1\\nexit 1\\n" > /usr/local/sbin/slurmd; chmod +x /usr/local/sbin/slurmd';
    const answers = await sabotaged(worker, broken, 'rm /usr/local/sbin/slurmd', () => cluster.configure(manifest));
    const said = ({ instanceId }: Node): string => answers.filter((answer) => answer.instanceId === instanceId).map(({ exitCode, tail }) => `${exitCode}: ${tail}`).at(-1) ?? '';
    // The other one may not have come yet.
    expect(said(head)).toMatch(/^1: [12] of 2 nodes are not in the cluster: workers-0 \(down.*, slurmd did not start\)(; workers-1 \(.*\))?$/);
    expect(said(worker)).toMatch(/^1: slurmd did not start: slurmd: fatal: broken on purpose$/);
    await configured();
  });

  it('say which program is missing', async () => {
    rounds += 1;
    const answers = await sabotaged(head, 'mv /usr/sbin/slurmctld /usr/sbin/away', 'mv /usr/sbin/away /usr/sbin/slurmctld', () => cluster.configure(manifest, rounds));
    expect(answers.filter(({ exitCode }) => exitCode !== 0)).toMatchObject([{ instanceId: head.instanceId, exitCode: 1, tail: 'this machine has no slurmctld: use an image with Slurm' }]);
  });

  it('may be configured twice at once, and go on as they are', async () => {
    const before = await daemons();
    await Promise.all([configured(), configured()]);
    expect(await daemons()).toBe(before);
  });

  it('are there when somebody has drained them', async () => {
    await jobs.onHead('scontrol update NodeName=workers-1 State=DRAIN Reason="Kill task failed"');
    expect(await configured()).toMatch(/Kill task failed .* workers-1/);
    await jobs.onHead('scontrol update NodeName=workers-1 State=RESUME');
  });

  it('are drained no more as new machines, whatever address they have', async () => {
    await jobs.onHead('scontrol update NodeName=workers-0 State=DRAIN Reason="Spot interruption at 2020-01-01T00:00:00Z"');
    await cluster.look(worker, 'systemctl stop orch-slurmd orch-munged; rm -rf /var/lib/orchestrator/slurm');
    await configured();
    await cluster.until('both nodes are idle', async () => (await jobs.onHead(state)) === 'workers-0 idle none\nworkers-1 idle none');
  });

  it('take another key, all of them, when theirs was kept no longer', async () => {
    Object.assign(cluster, { secret: cluster.secret.split('').toReversed().join('') });
    // A new machine has never had another one.
    await cluster.look(worker, 'systemctl stop orch-slurmd orch-munged; rm -rf /var/lib/orchestrator/slurm');
    await configured();
    expect(linesOf(await jobs.run('srun hostname')).filter((line) => line.startsWith('workers-')).toSorted()).toEqual(['workers-0', 'workers-1']);
  });

  it('run an image once for each task, with what Slurm and the orchestrator tell it', async () => {
    const { step } = jobs.step({ image: 'bash:5', command: ['bash', '-c', 'echo "task $SLURM_PROCID of $SLURM_NTASKS, node $ORCH_RANK"; exit 4'] });
    const answer = await answerOf(cluster.send(manifest, { ...step, env: { MINE: 'a b' } }));
    expect(linesOf(answer).filter((line) => line.startsWith('task ')).toSorted()).toEqual(['task 0 of 2, node 1', 'task 1 of 2, node 2']);
    expect(answer.exitCode).toBe(4);
  });

  it('tell why a script could not begin', async () => {
    const answer = await jobs.run('#SBATCH --output=/proc/nowhere/of-the-job', 'echo never');
    expect(answer.tail).toMatch(/Slurm could not open a file of the script or enter its folder on workers-0: \/proc\/nowhere\/of-the-job/);
  });

  it('run no job whose submission was interrupted', async () => {
    const waits = 'printf "#!/bin/sh\\ntouch /data/submits\\nuntil [ -e /data/go ]; do sleep 0.05; done\\nexec /usr/bin/sbatch \\"\\$@\\"\\n" > /usr/local/bin/sbatch; chmod +x /usr/local/bin/sbatch';
    // What waits for the word is let go, too.
    await sabotaged(head, waits, 'touch /data/go; rm /usr/local/bin/sbatch', async () => {
      const { step } = jobs.step({ script: '#!/bin/bash\nsleep 600' });
      const sent = cluster.send(manifest, step);
      await cluster.look(head, 'until [ -e /data/submits ]; do sleep 0.05; done');
      const after = { phase: 'postRun', index: 0, name: 'after', ranks: 'head', env: {}, system: false, action: { kind: 'script', script: 'squeue --noheader' } } as const;
      const post = cluster.send(manifest, after, [`orch-01hjob0000000000000000000s-1-run-${step.index}`]);
      await cluster.look(head, `until [ -e /var/lib/orchestrator/steps/orch-01hjob0000000000000000000s-1-run-${step.index}/files/stop ]; do sleep 0.05; done; touch /data/go`);
      expect(await answerOf(sent)).toMatchObject({ exitCode: 143, scheduler: { state: 'CANCELLED' } });
      expect((await answerOf(post)).tail).toBe('');
    });
  });

  it('run jobs again when one was killed, on the machine that takes its place, and end those that ask for what it has not', async () => {
    const before = await daemons();
    const runsAgain = jobs.submit(SHARED, 'echo "start ${SLURM_RESTART_COUNT-0}"', '[ -n "${SLURM_RESTART_COUNT-}" ] || srun sleep 600', 'srun hostname');
    const cannot = jobs.submit(SHARED, '#SBATCH --constraint=us-east-1b', 'echo begins', '[ -n "${SLURM_RESTART_COUNT-}" ] || sleep 600');
    await cluster.heard('start 0', 'begins');
    const [, , lost] = cluster.nodes;
    if (lost === undefined) throw new Error('no such node');
    await cluster.kill(lost);
    const killedAtMs = performance.now();
    await cluster.tellLost(manifest, [lost]);
    cluster.nodes = [head, worker, await cluster.launch(2, 'us-east-1c')];
    await configured();
    const again = await answerOf(runsAgain);
    console.log(`done ${Math.round(performance.now() - killedAtMs)} ms after the kill`);
    expect(linesOf(again)).toEqual(expect.arrayContaining(['start 1', 'workers-0', 'workers-1']));
    expect(again).toMatchObject({ exitCode: 0, scheduler: { state: 'COMPLETED', restarts: 1 } });
    const ended = await answerOf(cannot);
    expect(ended.tail).toMatch(/No nodes of the cluster have what batch job \d+ asks for \(BadConstraints\)/);
    expect(ended).toMatchObject({ exitCode: 1, scheduler: { state: 'CANCELLED', restarts: 1 } });
    expect(await daemons()).toBe(before);
  });

  it('end a job with the name of a worker that is down, whose machine nobody calls gone', async () => {
    const { step } = jobs.step({ script: bash('echo "begins, restarts ${SLURM_RESTART_COUNT-0}"', 'srun sleep 600') });
    const sent = cluster.send(manifest, { ...step, files: { ...step.files, 'down-seconds': '3' } });
    await cluster.heard('begins, restarts 0');
    await cluster.look(worker, 'systemctl stop orch-slurmd');
    // What Slurm says of a silent worker itself, after three minutes.
    await jobs.onHead('scontrol update NodeName=workers-0 State=DOWN Reason="Not responding"');
    const answer = await answerOf(sent);
    expect(answer).toMatchObject({ scheduler: { state: 'NODE_FAIL', restarts: 1 }, tail: expect.stringContaining('would wait for ever: workers-0 is down (Not responding)') });
    expect(answer.exitCode).not.toBe(0);
    await configured();
  });

  it('tell scripts when EC2 wants their head node back', async () => {
    const sent = jobs.submit(`trap 'echo "caught"; exit 5' USR1`, 'echo listens', 'while :; do sleep 0.1; done');
    await cluster.heard('listens');
    await cluster.notice(head);
    expect(await answerOf(sent)).toMatchObject({ exitCode: 5, tail: expect.stringMatching(/caught\n/) });
  });
});
