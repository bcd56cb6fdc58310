import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { QuotaExceededError } from '../../../core/errors/orchestrator-error.ts';
import { amend } from '../../../core/lifecycle/amend.ts';
import { silenceLogs } from '../../builders/logs.ts';
import { aManifestText } from '../../builders/manifest.ts';
import { openOrch } from './orch.ts';

let cli: Awaited<ReturnType<typeof openOrch>>;

beforeAll(silenceLogs);
beforeEach(async () => { cli = await openOrch(); });
afterEach(async () => cli.close());

async function submitted(): Promise<string> {
  const { out } = await cli.orch(['submit', '-'], { input: aManifestText() });
  return out.trim().split('/')[1] ?? '';
}

/** A job whose run has failed. */
async function failed(): Promise<string> {
  const id = await submitted();
  await cli.begin(id, 'CONFIGURING', 'RUNNING');
  const reason = { code: 'StepFailed', message: 'Train exited with 137 on head-0 (and on 2 other nodes): Killed' };
  const job = await cli.api.get(id);
  await cli.api.jobs.commit(amend(job, job, [{ type: 'StepFinished', message: reason.message, data: { step: 'run/0', name: 'Train', kind: 'failed', exitCode: 137 } }], cli.api.clock.now()));
  await cli.move(id, ['RUN_FAILED', 'POST_RUN', 'DESTROYING', 'DONE'], { kind: 'failed', exitCode: 137, reason });
  return id;
}

describe('orch why', () => {
  it('says the cause, the evidence, and what can be done', async () => {
    const id = await failed();
    const { exitCode, out, err } = await cli.orch(['why', `research/${id}`]);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(out.replaceAll(id, 'JOB')).toBe(`OutOfMemory (likely)
Memory ran out: the step Train of the run exited with 137 (SIGKILL) on head-0 and on 2 other nodes.

job     research/JOB
state   DONE FAILED
reason  StepFailed
step    Train (run/0) on head-0 and 2 others, exit code 137 (SIGKILL)

What the history says
  2023-11-14T22:13:20Z #5  Train exited with 137 on head-0 (and on 2 other nodes): Killed

What the step wrote last
  | Killed

What you can do
  Use an instance type with more memory, or fewer processes a node.
  Under Slurm: ask for what it needs (--mem), up to what a node has.
  Read what it wrote: orch logs research/JOB --step Train

Runbook: docs/runbook/jobs.md#out-of-memory
`);
  });

  it('says where the log could not be read', async () => {
    const id = await failed();
    cli.faults.logs = new QuotaExceededError('Too many.');
    expect((await cli.orch(['why', `research/${id}`])).out).toMatch(/\| Killed\n {2}The log could not be read just now.*`orch logs`/);
  });

  it('says it to programs in one line', async () => {
    const id = await failed();
    const { exitCode, out } = await cli.orch(['why', `research/${id}`, '--json'], { hasColour: true });
    expect(exitCode).toBe(0);
    expect(out.trim()).not.toContain('\n');
    expect(JSON.parse(out)).toMatchObject({ jobId: id, cause: 'OutOfMemory', evidence: { step: { signal: 'SIGKILL', otherNodes: 2 } } });
  });

  it('colours the cause by how the job stands, and lets no output of a step act on the terminal', async () => {
    const id = await failed();
    cli.lines.push({ id: '1', atMs: cli.api.clock.now(), attempt: 1, node: 'head-0', step: 'Train', message: '\u001B[2J\u001B]0;mine\u0007\u001B[31mred\u001B[0m' });
    const coloured = await cli.orch(['why', `research/${id}`], { hasColour: true });
    expect(coloured.out).toMatch(/^\u001B\[31m\u001B\[1mOutOfMemory/);
    expect(coloured.out).toContain('\u001B[31mred');
    expect(coloured.out).not.toContain('\u001B[2J');
    expect((await cli.orch(['why', `research/${id}`])).out).toContain('  | red\n');
    const waiting = await submitted();
    expect((await cli.orch(['why', `research/${waiting}`], { hasColour: true })).out).toMatch(/^\u001B\[3[26]m/);
  });

  it('says why not', async () => {
    expect(await cli.orch(['why', 'research/01hf7yat000000000000000000'])).toMatchObject({ exitCode: 1, out: '', err: expect.stringContaining('There is no job') });
    expect(await cli.orch(['why', 'nonsense'])).toMatchObject({ exitCode: 2, out: '' });
  });

  it('is hinted at by get and wait, of a job that failed', async () => {
    const id = await failed();
    expect((await cli.orch(['get', `research/${id}`])).out).toContain(`why          orch why research/${id}\n`);
    expect((await cli.orch(['wait', `research/${id}`])).err).toContain(`Why: orch why research/${id}\n`);
    expect((await cli.orch(['get', `research/${await submitted()}`])).out).not.toContain('orch why');
  });
});
