import { drilled, running, step, untilStopped } from '../manifests.ts';
import type { Failure, Failures } from '../failure.ts';

const train = { subject: 'step', name: 'Train' } as const;
const prepare = { subject: 'step', name: 'Prepare' } as const;

/** A step of the run that ends badly by itself. */
const run = (name: string, how: string, lines: readonly string[], told: Pick<Failure, 'cause'> & { readonly exitCode: number; readonly line?: string; readonly signal?: string }): Failure => {
  const { cause, ...evidence } = told;
  return { how, manifest: running(name, ...lines), asked: 'ended', cause, evidence: { state: 'DONE', node: 'head-0', ...evidence }, span: train };
};

/** Hooks and jobs. */
export const stepFailures: Failures = {
  'hook fails on one of 64 nodes': {
    how: 'a hook of the configuration exits with 1 on workers-17 of 64',
    manifest: drilled('one-of-64', {
      nodePools: [{ name: 'workers', count: 64, instanceType: 'c6i.large' }],
      hooks: { onConfigure: [step('Prepare', 'if [ "$ORCH_NODE" = workers-17 ]; then echo "no such dataset on $ORCH_NODE"; exit 1; fi')], onRun: [step('Train')] },
    }),
    asked: 'ended', cause: 'HookFailed', evidence: { state: 'DONE', exitCode: 1, node: 'workers-17', line: 'no such dataset on workers-17' }, span: prepare, heavy: true,
  },
  'hook hangs': {
    how: 'a hook sleeps beyond its timeoutSeconds',
    manifest: drilled('hook-hangs', { hooks: { onConfigure: [{ ...step('Prepare', 'echo waiting for a lock', 'sleep 500'), timeoutSeconds: 5 }], onRun: [step('Train')] } }),
    asked: 'ended', cause: 'StepTimedOut', evidence: { state: 'DONE', node: 'head-0', line: 'waiting for a lock' }, span: prepare,
  },
  'disk full': run('disk-full', 'a step writes to a device without space, /dev/full', ['cat /etc/passwd > /dev/full'],
    { cause: 'DiskFull', exitCode: 1, line: 'No space left on device' }),
  'out of memory': run('out-of-memory', 'a program asks for more memory than its limit (ulimit -v) allows', ['ulimit -v 500000', "exec python3 -c 'x = bytearray(1 << 31)'"],
    { cause: 'OutOfMemory', exitCode: 1, line: 'MemoryError' }),
  'killed for want of memory': run('killed-137', 'a step is ended by SIGKILL, as the kernel does when memory runs out', ['kill -KILL $$'],
    { cause: 'OutOfMemory', exitCode: 137, signal: 'SIGKILL' }),
  'job exits with 7': run('exits-7', 'the job’s script exits with 7', ['echo "loss is NaN"', 'exit 7'], { cause: 'JobFailed', exitCode: 7, line: 'loss is NaN' }),
  'killed by a signal': run('segfault', 'the program ends by SIGSEGV', ['kill -SEGV $$'], { cause: 'ProgramCrashed', exitCode: 139, signal: 'SIGSEGV' }),
  'command not found': run('not-found', 'a script calls a program that is not there', ['no-such-trainer --epochs 3'],
    { cause: 'CommandNotFound', exitCode: 127, line: 'no-such-trainer: command not found' }),
  'file not executable': run('not-executable', 'a script calls a file that is no program', ['exec /etc/passwd'], { cause: 'NotExecutable', exitCode: 126, line: 'Permission denied' }),
  'name not resolved': run('unreachable', 'a step fetches from a host whose name nobody knows', ['curl --silent --show-error --max-time 20 https://datasets.invalid/'],
    { cause: 'NetworkUnreachable', exitCode: 6, line: 'Could not resolve host' }),
  'node not permitted': run('not-permitted', 'a step lists a bucket that its namespace’s role may not (IAM is enforced)', ['export AWS_METADATA_SERVICE_TIMEOUT=10 AWS_METADATA_SERVICE_NUM_ATTEMPTS=5', 'aws s3 ls s3://somebody-elses-bucket || exit 1'],
    { cause: 'AccessDenied', exitCode: 1, line: 'AccessDenied' }),
  'container image missing': {
    how: 'a step’s image is in no registry',
    manifest: drilled('no-image', { hooks: { onRun: [{ name: 'Train', image: 'registry.invalid/nothing:1', timeoutSeconds: 60 }] } }),
    asked: 'ended', cause: 'ContainerNotStarted', evidence: { state: 'DONE', node: 'head-0' }, span: train,
  },
  'post-run fails': {
    how: 'the run succeeds, and a hook after it exits with 5',
    manifest: drilled('post-run', { hooks: { onRun: [step('Train')], onPostRun: [step('Upload', 'echo "the bucket is gone"', 'exit 5')] } }),
    asked: 'ended', cause: 'PostRunFailed', evidence: { state: 'DONE', exitCode: 5, node: 'head-0', line: 'the bucket is gone' }, span: { subject: 'step', name: 'Upload' },
  },
  'time to live over': {
    how: 'the job runs beyond its ttlSeconds',
    manifest: drilled('ttl', { ttlSeconds: 60, hooks: { onRun: [untilStopped] } }),
    drive: (cloud, job) => cloud.outlives(job),
    asked: 'ended', cause: 'TtlExceeded', evidence: { state: 'DONE', says: 'Train' }, span: { subject: 'state', name: 'RUNNING' },
  },
};
