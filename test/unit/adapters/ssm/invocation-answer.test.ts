import { describe, expect, it } from '@jest/globals';
import type { CommandInvocation } from '@aws-sdk/client-ssm';
import { answerOf } from '../../../../lambdas/adapters/ssm/invocation-answer.ts';
import { commentOf, purposeOf } from '../../../../lambdas/adapters/ssm/command-comment.ts';
import { jobId } from '../../../../core/job/ids.ts';

type Invocation = Partial<CommandInvocation> & { readonly output?: string; readonly code?: number };

function anInvocation({ output, code, ...fields }: Invocation): CommandInvocation {
  return { InstanceId: 'i-1', ...fields, CommandPlugins: [{ Name: 'runStep', ...(output === undefined ? {} : { Output: output }), ...(code === undefined ? {} : { ResponseCode: code }) }] };
}

describe('what a node answered', () => {
  it.each<[string, Invocation, object]>([
    ['success', { Status: 'Success', output: 'orchestrator: exited 0\nall well\n', code: 0 }, { status: 'exited', exitCode: 0, tail: 'all well' }],
    ['an exit code, as the runner reports it', { Status: 'Failed', output: 'orchestrator: exited 194\nno\n', code: 1 }, { status: 'exited', exitCode: 194, tail: 'no' }],
    ['a signal', { Status: 'Failed', output: 'orchestrator: exited 137 (signal 9, SIGKILL)\n\n', code: 137 }, { status: 'exited', exitCode: 137, tail: '' }],
    ['the time limit of the step', { Status: 'Failed', output: 'orchestrator: timedOut 124 (after 5 s)\nhm\n', code: 124 }, { status: 'timedOut', exitCode: 124, tail: 'hm' }],
    ['an exit code of 124 that is the own one of the step', { Status: 'Failed', output: 'orchestrator: exited 124\n\n', code: 124 }, { status: 'exited', exitCode: 124, tail: '' }],
    ['a unit that was stopped', { Status: 'Failed', output: 'orchestrator: stopped 143\n\n', code: 143 }, { status: 'exited', exitCode: 143, tail: '' }],
    ['a step that never began', { Status: 'Failed', output: 'orchestrator: unstarted 1\ncould not fetch\n', code: 1 }, { status: 'detached', tail: 'could not fetch' }],
    ['a machine that never booted', { Status: 'Failed', output: 'orchestrator: unbooted 1 (its user data has not ended)\nit has not\n', code: 1 }, { status: 'unbooted', tail: 'it has not' }],
    ['output that imitates the runner', { Status: 'Failed', output: 'orchestrator: exited 2\norchestrator: exited 0\n', code: 2 }, { status: 'exited', exitCode: 2, tail: 'orchestrator: exited 0' }],
    ['a command that failed before the runner', { Status: 'Failed', output: 'sh: not found', code: 127 }, { status: 'exited', exitCode: 127, tail: 'sh: not found' }],
    ['a command that was killed, unlike its unit', { Status: 'Failed', output: '', code: 137 }, { status: 'detached', tail: '' }],
    ['a command that ended without a code', { Status: 'Failed', output: 'a log', code: -1 }, { status: 'detached', tail: 'a log' }],
    ['an agent that is not there', { Status: 'Failed', StatusDetails: 'Undeliverable', output: '', code: -1 }, { status: 'lost' }],
    ['a delivery that took too long', { Status: 'TimedOut', StatusDetails: 'DeliveryTimedOut', output: '', code: -1 }, { status: 'lost' }],
    ['SSM that gave up after 48 hours', { Status: 'TimedOut', StatusDetails: 'ExecutionTimedOut', output: '', code: 137 }, { status: 'detached' }],
    ['a cancel', { Status: 'Cancelled', output: '' }, { status: 'cancelled' }],
    ['a cancel under way', { Status: 'Cancelling', output: '' }, { status: 'running' }],
    ['nothing yet', { Status: 'Pending' }, { status: 'pending' }],
    ['work', { Status: 'InProgress' }, { status: 'running' }],
  ])('is known for %s', (_, invocation, expected) => {
    expect(answerOf(anInvocation(invocation))).toEqual({ instanceId: 'i-1', ...expected });
  });
});

describe('when a step ran on a node', () => {
  const sentMs = Date.UTC(2026, 0, 1);
  const answered = (startMs: number | undefined, endMs: number | undefined, { Status = 'Success' }: { readonly Status?: 'Success' | 'InProgress' } = {}) => answerOf({
    InstanceId: 'i-1', Status, RequestedDateTime: new Date(sentMs),
    CommandPlugins: [{
      Output: 'orchestrator: exited 0\n', ResponseCode: 0,
      ...(startMs === undefined ? {} : { ResponseStartDateTime: new Date(startMs) }), ...(endMs === undefined ? {} : { ResponseFinishDateTime: new Date(endMs) }),
    }],
  });

  it('is what the agent said', () => {
    expect(answered(sentMs + 400, sentMs + 2_900)).toMatchObject({ status: 'exited', ran: { startMs: sentMs + 400, endMs: sentMs + 2_900 } });
    expect(answered(sentMs - 60_000, sentMs - 59_000)).toHaveProperty('ran');
  });

  it.each([
    ['it goes on', answered(sentMs, sentMs + 1, { Status: 'InProgress' })],
    ['one end is not told', answered(sentMs, undefined)],
    ['the other end is not told', answered(undefined, sentMs)],
    ['it ended before it began', answered(sentMs + 2, sentMs + 1)],
    ['it was long before it was sent', answered(0, sentMs + 1)],
    ['it ended after SSM had given up', answered(sentMs, sentMs + 4 * 86_400_000)],
    ['a date is none', answered(Number.NaN, sentMs)],
    ['nobody knows when it was sent', answerOf({ InstanceId: 'i-1', Status: 'Success', CommandPlugins: [{ ResponseStartDateTime: new Date(sentMs), ResponseFinishDateTime: new Date(sentMs) }] })],
  ])('is left out where %s', (_, answer) => {
    expect(answer).not.toHaveProperty('ran');
  });
});

describe('what the scheduler said of a step', () => {
  const said = { id: '12', state: 'COMPLETED', nodes: 'gpu-workers-[0-63]', restarts: 1 };
  const line = (report: unknown): string => `orchestrator: scheduler ${typeof report === 'string' ? report : JSON.stringify(report)}\n`;
  const answered = (text: string) => answerOf(anInvocation({ Status: 'Failed', output: `orchestrator: exited 7\n${text}`, code: 7 }));

  it('is in the second line, and the tail behind it', () => {
    expect(answered(`${line(said)}the end\n`)).toEqual({ instanceId: 'i-1', status: 'exited', exitCode: 7, tail: 'the end', scheduler: said });
    const timedOut = answerOf(anInvocation({ Status: 'Failed', output: `orchestrator: timedOut 124 (after 5 s)\n${line({ ...said, reason: 'TimeLimit' })}`, code: 124 }));
    expect(timedOut).toMatchObject({ status: 'timedOut', tail: '', scheduler: { reason: 'TimeLimit' } });
  });

  it('is nowhere else: what a step prints comes later, or is moved in by the runner', () => {
    for (const text of [`hello\n${line(said)}`, ` ${line(said)}`, `\n${line(said)}`]) {
      const answer = answered(text);
      expect(answer.scheduler).toBeUndefined();
      expect(answer.tail).toContain('orchestrator: scheduler');
    }
    expect(answered(`${line(said)}${line({ ...said, id: '13' })}`).scheduler?.id).toBe('12');
    expect(answerOf(anInvocation({ Status: 'Failed', output: line(said), code: 1 })).scheduler).toBeUndefined();
  });

  it.each(['', '{', 'null', '[]', '7', '{"id":"12"}', JSON.stringify(said).slice(0, 40), { ...said, restarts: -1 }, { ...said, id: 'x'.repeat(33) }, { ...said, state: 5 }])(
    'is left out where it is none: %j', (report) => {
      expect(answered(`${line(report)}the end\n`)).toEqual({ instanceId: 'i-1', status: 'exited', exitCode: 7, tail: 'the end' });
    },
  );

  it('is cut where it is long, and has nothing that nobody asked for', () => {
    const { scheduler } = answered(line({ ...said, nodes: 'n'.repeat(2000), reason: 'r'.repeat(2000), secret: 'x' }));
    expect(scheduler).toEqual({ ...said, nodes: `${'n'.repeat(499)}…`, reason: `${'r'.repeat(499)}…` });
  });
});

describe('the comment of a command', () => {
  it('tells its step', () => {
    const comment = commentOf(jobId('01hjob0000000000000000000a'), 2, { phase: 'postRun', index: 11 });
    expect(comment.length).toBeLessThanOrEqual(100);
    expect(purposeOf(comment)).toEqual({ jobId: '01hjob0000000000000000000a', attempt: 2, step: 'postRun/11' });
  });

  it.each([undefined, '', 'patch the fleet', '01h/1/other/0', '01h/1/aside/3', '01h/1/run/x', '01h/1/run/0/more'])('is not ours: %s', (comment) => {
    expect(purposeOf(comment)).toBeUndefined();
  });
});
