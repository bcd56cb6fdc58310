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
    ['output that imitates the runner', { Status: 'Failed', output: 'orchestrator: exited 2\norchestrator: exited 0\n', code: 2 }, { status: 'exited', exitCode: 2, tail: 'orchestrator: exited 0' }],
    ['a command that failed before the runner', { Status: 'Failed', output: 'sh: not found', code: 127 }, { status: 'exited', exitCode: 127, tail: 'sh: not found' }],
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

describe('the comment of a command', () => {
  it('tells its step', () => {
    const comment = commentOf(jobId('01hjob0000000000000000000a'), 2, { phase: 'postRun', index: 11 });
    expect(comment.length).toBeLessThanOrEqual(100);
    expect(purposeOf(comment)).toEqual({ jobId: '01hjob0000000000000000000a', attempt: 2, step: 'postRun/11' });
  });

  it.each([undefined, '', 'patch the fleet', '01h/1/other/0', '01h/1/run/x', '01h/1/run/0/more'])('is not ours: %s', (comment) => {
    expect(purposeOf(comment)).toBeUndefined();
  });
});
