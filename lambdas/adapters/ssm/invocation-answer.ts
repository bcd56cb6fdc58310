import type { CommandInvocation } from '@aws-sdk/client-ssm';
import { instanceId } from '../../../core/job/ids.ts';
import type { NodeAnswer } from '../../../core/ports/node-commands.ts';

/** First line of what `nodes/run-step.sh` prints: how the step ended, in words that a user's output cannot forge. */
const REPORT = /^orchestrator: (?<how>[a-zA-Z]+) (?<code>\d+)[^\n]*\n?/;

/** What a node answered, from SSM's word for the command and from the step runner's own. */
export function answerOf(invocation: CommandInvocation): NodeAnswer {
  const id = instanceId(invocation.InstanceId ?? '');
  switch (invocation.Status) {
    case 'Success':
    case 'Failed':
      return { instanceId: id, ...ended(invocation) };
    case 'TimedOut':
      return { instanceId: id, status: isUndelivered(invocation) ? 'lost' : 'detached' };
    case 'Cancelled':
      return { instanceId: id, status: 'cancelled' };
    case 'Pending':
    case 'Delayed':
      return { instanceId: id, status: 'pending' };
    case 'InProgress':
    case 'Cancelling':
    case undefined:
      return { instanceId: id, status: 'running' };
  }
}

/** Delivery failed: the agent does not answer, or the machine is gone. */
function isUndelivered(invocation: CommandInvocation): boolean {
  return ['DeliveryTimedOut', 'Delivery Timed Out', 'Undeliverable', 'Terminated', 'InvalidPlatform', 'AccessDenied'].includes(invocation.StatusDetails ?? '');
}

function ended(invocation: CommandInvocation): Omit<NodeAnswer, 'instanceId'> {
  const plugin = invocation.CommandPlugins?.[0];
  const output = plugin?.Output ?? '';
  const report = REPORT.exec(output);
  if (report === null) {
    if (isUndelivered(invocation)) return { status: 'lost' };
    return { status: 'exited', exitCode: plugin?.ResponseCode ?? (invocation.Status === 'Success' ? 0 : 1), tail: output.trim() };
  }
  const tail = output.slice(report[0].length).trim();
  const exitCode = Number(report.groups?.['code']);
  switch (report.groups?.['how']) {
    case 'timedOut':
      return { status: 'timedOut', exitCode, tail };
    // The step has not begun on this node: sending it again may cure that.
    case 'unstarted':
      return { status: 'detached', tail };
    default:
      return { status: 'exited', exitCode, tail };
  }
}
