import { beforeEach, describe, expect, it } from '@jest/globals';
import { diagnose } from '../../core/diagnosis/diagnose.ts';
import { DependencyThrottledError } from '../../core/errors/orchestrator-error.ts';
import type { SchedulerReport } from '../../core/job/job.ts';
import { requestCancel, requestRelease } from '../../core/lifecycle/request.ts';
import { ending, lived, submit, tickUntil, why } from './diagnosed.ts';
import { InMemoryWorld } from './in-memory-world.ts';
import { inStep, letGo, until } from './loss-story.ts';
import { everyHook, noHook } from './manifests.ts';
import { hanging } from './step-ends.ts';

let world: InMemoryWorld;
beforeEach(() => {
  world = new InMemoryWorld();
});

describe('of a job that goes well', () => {
  it('says in each state that nothing is amiss', async () => {
    const id = await submit(world);
    expect(await why(world, id)).toMatchObject({ bearing: 'well', cause: 'StartsNext' });
    const seen = new Set<string>();
    world.gate = (call) => {
      if (call === 'commands.send' || call === 'capacity.acquire') seen.add(diagnose({ job: world.job(id), history: world.history(id), nowMs: world.clock.now() }).cause);
      return undefined;
    };
    await world.live();
    expect([...seen]).toEqual(['LookingForMachines', 'ComingUp', 'Running', 'Finishing']);
    expect(await why(world, id)).toMatchObject({ bearing: 'well', cause: 'Succeeded', certainty: 'certain', sentence: 'It ended well; its last step exited with 0.', evidence: { state: 'DONE', outcome: 'SUCCEEDED' }, others: [] });
  });

  it('says what it runs', async () => {
    const id = await inStep(world, 'train', { more: '' });
    expect(await why(world, id)).toMatchObject({ cause: 'Running', sentence: expect.stringContaining('Its step train (run/0) runs on the head node since ') });
  });

  it('says of an interactive one that it awaits its release, and by whom that came', async () => {
    const id = await submit(world, { hooks: noHook });
    await tickUntil(world, id, 'RUNNING');
    expect(await why(world, id)).toMatchObject({ cause: 'AwaitingRelease', youCanDo: expect.arrayContaining([`End it as succeeded: orch release research/${id}`]) });
    await world.ask(id, requestRelease);
    await world.live();
    expect(await why(world, id)).toMatchObject({ cause: 'Released', sentence: 'It was an interactive cluster, and ada released it.' });
  });
});

describe('of a step that failed', () => {
  it('names the hook, the first node of those that failed, and how many others did', async () => {
    ending(world, 'install', { exitCode: 3, tail: 'boom' }, (rank) => rank > 0);
    expect(await lived(world)).toMatchObject({
      cause: 'HookFailed', certainty: 'certain', bearing: 'failed',
      sentence: 'A hook of the configuration failed: the step install of the configuration exited with 3 on workers-0 and on 1 other node.',
      evidence: {
        step: { key: 'configure/1', name: 'install', node: 'workers-0', otherNodes: 1, exitCode: 3 }, lines: [{ message: 'boom' }],
        events: [expect.objectContaining({ type: 'StepFinished' })],
      },
      runbook: 'docs/runbook/jobs.md#a-step-failed',
    });
  });

  it.each([
    [7, 'no', 'JobFailed', 'certain'],
    [1, 'tar: out.tar: Wrote only 4096 of 10240 bytes\ntar: No space left on device', 'DiskFull', 'certain'],
    [137, '', 'OutOfMemory', 'likely'],
    [1, './train.sh: line 3: 4711 Killed                  python train.py', 'OutOfMemory', 'likely'],
    [1, 'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 GiB', 'GpuOutOfMemory', 'certain'],
    [127, 'bash: pythonn: command not found', 'CommandNotFound', 'certain'],
    [126, 'bash: ./train: Permission denied', 'NotExecutable', 'certain'],
    [127, 'no container engine on this machine, and none could be installed', 'ContainerNotStarted', 'certain'],
    [139, 'step 12 of 40', 'ProgramCrashed', 'certain'],
    [143, '', 'StepKilled', 'certain'],
    [1, 'No nodes of the cluster have what batch job 4 asks for (BadConstraints)', 'SlurmRefused', 'certain'],
    [134, "terminate called after throwing an instance of 'std::bad_alloc'\nAborted (core dumped)", 'OutOfMemory', 'likely'],
    [1, 'DataLoader worker (pid 77) is killed by signal: Bus error. It is possible that dataloader\'s workers are out of shared memory.', 'OutOfMemory', 'likely'],
    [127, 'line 2: warm (core dumped)\nline 9: trainx: command not found', 'CommandNotFound', 'certain'],
    [14, 'srun: error: workers-1: task 1: Segmentation fault (core dumped)\nsrun: error: workers-2: task 2: Killed', 'ProgramCrashed', 'likely'],
    [1, '[workers-1:484  :0:484] Caught signal 11 (Segmentation fault: address not mapped to object at address 0xe0)', 'ProgramCrashed', 'likely'],
    [255, 'TimeoutError: timed out\nThe step runner failed on this node.', 'StepRunnerFailed', 'certain'],
    [1, 'fatal error: An error occurred (AccessDenied) when calling the PutObject operation: Access Denied', 'AccessDenied', 'likely'],
    [6, 'curl: (6) Could not resolve host: data.example.org', 'NetworkUnreachable', 'likely'],
  ] as const)('reads exit code %d and %j as %s', async (exitCode, tail, cause, certainty) => {
    ending(world, 'train', { exitCode, tail });
    expect(await lived(world)).toMatchObject({ cause, certainty, evidence: { outcome: 'FAILED', step: { name: 'train', exitCode, node: 'head-0' } } });
  });

  it('says that its time was over', async () => {
    world.commands.endOf = hanging('install');
    const hooks = everyHook.replace('{ name: install, script: "true" }', '{ name: install, script: "true", timeoutSeconds: 30 }');
    expect(await lived(world, { hooks })).toMatchObject({ cause: 'StepTimedOut', sentence: expect.stringContaining('the step install of the configuration ran out of its time'), evidence: { outcome: 'TIMED_OUT' } });
  });

  it('says that the post-run failed after a good run', async () => {
    ending(world, 'upload', { exitCode: 1 });
    expect(await lived(world)).toMatchObject({ cause: 'PostRunFailed', evidence: { step: { name: 'upload', key: 'postRun/1' } } });
  });

  it('says why the run failed, whatever its post-run did after it', async () => {
    world.commands.endOf = ({ step: { name } }) => ({ status: 'exited', exitCode: name === 'train' ? 7 : name === 'upload' ? 1 : 0, tail: '' });
    expect(await lived(world)).toMatchObject({ cause: 'JobFailed', evidence: { step: { name: 'train', exitCode: 7 } } });
  });

  it('says it before the attempt has ended', async () => {
    ending(world, 'train', { exitCode: 7 });
    const id = await submit(world);
    await until(world, () => world.history(id).some(({ type, data }) => type === 'StepFinished' && data?.['kind'] === 'failed'));
    expect(await why(world, id)).toMatchObject({ cause: 'JobFailed' });
  });

  it('shows the last lines of the log, bounded', async () => {
    ending(world, 'train', { exitCode: 7, tail: 'the end' });
    const id = await submit(world);
    await world.live();
    const asked: unknown[] = [];
    const atMs = world.clock.now();
    const items = Array.from({ length: 50 }, (_, n) => ({ id: String(n), atMs, attempt: 1, node: 'head-0', step: 'train', message: `line ${n}` }));
    const { evidence } = await why(world, id, { read: async (query) => { asked.push(query); return { items }; } });
    expect(evidence.lines.map(({ message }) => message)).toEqual(items.slice(-20).map(({ message }) => message));
    expect(asked).toEqual([expect.objectContaining({ jobId: id, attempt: 1, step: 'train', node: 'head-0' })]);
    const broken = await why(world, id, { read: async () => { throw new DependencyThrottledError('logs'); } });
    expect(broken.evidence.lines).toEqual([{ message: 'the end' }]);
    const endless = await why(world, id, { read: async () => ({ items, cursor: '1.1' }) });
    expect(endless.evidence.lines).toEqual([{ message: 'the end' }]);
  });

  it('says of the second attempt what came of the first', async () => {
    ending(world, 'train', { exitCode: 7 });
    const found = await lived(world, { more: '  retry: { maxAttempts: 2, on: [FAILED] }' });
    expect(found).toMatchObject({ cause: 'JobFailed', evidence: { attempt: 2, earlier: [{ attempt: 1, outcome: 'FAILED', message: expect.stringContaining('train exited with 7') }] } });
  });
});

describe('of a job that was stopped', () => {
  it('says by whom it was cancelled, and where it was then', async () => {
    const id = await inStep(world, 'train', { more: '' });
    await world.ask(id, requestCancel);
    letGo(world);
    await world.live();
    expect(await why(world, id)).toMatchObject({ cause: 'Cancelled', bearing: 'stopped', sentence: 'ada cancelled it while it was RUNNING.' });
  });

  it('says it of one in the queue, and of one that is being cancelled', async () => {
    const id = await submit(world);
    await world.ask(id, requestCancel);
    expect(await why(world, id)).toMatchObject({ cause: 'Cancelled', sentence: 'ada cancelled it while it was PENDING.' });
    const { outcome: _outcome, reason: _reason, ...open } = world.job(id);
    expect(diagnose({ job: { ...open, state: 'CONFIGURING' }, history: [], nowMs: world.clock.now() })).toMatchObject({ cause: 'BeingCancelled' });
  });

  it('says that its TTL was over, and what it did then', async () => {
    world.commands.endOf = hanging('train');
    expect(await lived(world)).toMatchObject({ cause: 'TtlExceeded', sentence: expect.stringMatching(/^The TTL of 600 s is over; .* Its step train on the head node had not ended\.$/) });
  });
});

describe('under Slurm', () => {
  const report = (state: string, reason?: string): SchedulerReport => ({ id: '12', state, nodes: 'workers-[0-1]', restarts: 0, ...(reason === undefined ? {} : { reason }) });

  it.each([
    ['OUT_OF_MEMORY', 'OutOfMemory', 1, ''],
    ['TIMEOUT', 'SlurmTimeLimit', 1, ''],
    ['CANCELLED', 'SlurmCancelled', 1, ''],
    ['NODE_FAIL', 'SlurmNodeFailed', 1, ''],
    ['FAILED', 'JobFailed', 7, 'Slurm: batch job 12 ended as FAILED'],
    [undefined, 'SlurmRefused', 1, 'sbatch: error: Batch job submission failed: Requested node configuration is not available'],
    [undefined, 'SlurmSilent', 1, 'Slurm does not answer: slurm_load_jobs error: Unable to contact slurm controller (connect failure)'],
  ] as const)('tells %s as %s', async (state, cause, exitCode, tail) => {
    ending(world, 'train', { exitCode, tail, ...(state === undefined ? {} : { scheduler: report(state) }) });
    expect(await lived(world, { runtime: 'Slurm' })).toMatchObject({ cause, certainty: 'certain', ...(state === undefined ? {} : { evidence: { scheduler: { id: '12', state } } }) });
  });

  it('says that Slurm itself did not start', async () => {
    ending(world, 'Start Slurm', { exitCode: 1, tail: 'slurmctld did not start: fatal: no' });
    expect(await lived(world, { runtime: 'Slurm' })).toMatchObject({ cause: 'SlurmNotStarted', evidence: { step: { name: 'Start Slurm' }, lines: [{ message: 'slurmctld did not start: fatal: no' }] } });
  });

  it('says that the shared folder could not be made', async () => {
    ending(world, 'Share /data', { exitCode: 1, tail: 'could not mount' });
    expect(await lived(world)).toMatchObject({ cause: 'SetupFailed', youCanDo: expect.arrayContaining([expect.stringContaining("--step 'Share /data'")]) });
  });
});

describe('of what nobody foresaw', () => {
  /** A call fails whenever it is made. */
  const broken = (call: string): void => {
    world.gate = (made) => (made === call ? 'before' : undefined);
  };

  it('names the error that ended it', async () => {
    broken('commands.send');
    expect(await lived(world, {}, 80)).toMatchObject({ cause: 'InternalFailure', sentence: expect.stringContaining('commands.send was not made') });
  });

  it('says that a service asked for fewer calls', async () => {
    world.gate = (made) => {
      if (made === 'commands.send') throw new DependencyThrottledError('SSM asks for fewer calls');
      return undefined;
    };
    expect(await lived(world, {}, 80)).toMatchObject({ cause: 'DependencyThrottled', sentence: expect.stringContaining('SSM asks for fewer calls') });
  });

  it('says that the execution died', async () => {
    const id = await inStep(world, 'train', { more: '' });
    world.status = async () => 'failed';
    await world.tick(15);
    letGo(world);
    await world.live();
    expect(await why(world, id)).toMatchObject({ cause: 'ExecutionDied', runbook: 'docs/runbook/README.md#executions-failed', evidence: { events: expect.arrayContaining([expect.objectContaining({ type: 'Reconciled' })]) } });
  });
});
