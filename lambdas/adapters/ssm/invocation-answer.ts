import type { CommandInvocation } from '@aws-sdk/client-ssm';
import { epochMs, instanceId } from '../../../core/job/ids.ts';
import type { NodeAnswer } from '../../../core/ports/node-commands.ts';
import { readSchedulerReport } from './scheduler-report.ts';

/** First line of what `nodes/run-step.sh` prints: how the step ended, in words that a user's output cannot forge. */
const REPORT = /^orchestrator: (?<how>[a-zA-Z]+) (?<code>\d+)[^\n]*\n?/;
/** The line behind it, where a scheduler ran the step: output that looks like it is moved in by the runner. */
const SCHEDULER = /^orchestrator: scheduler (?<json>[^\n]*)\n?/;

/** No code at all, SIGKILL, and SIGTERM. */
const KILLED: readonly number[] = [-1, 137, 143];

/** What a node answered, from SSM's word for the command and from the step runner's own. */
export function answerOf(invocation: CommandInvocation): NodeAnswer {
  const id = instanceId(invocation.InstanceId ?? '');
  switch (invocation.Status) {
    case 'Success':
    case 'Failed':
      return { instanceId: id, ...ended(invocation), ...timesOf(invocation) };
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

/** Somebody ended the command's process (an update of the agent, the kernel out of memory), and not the step, whose unit it is not in. */
function isKilled(code: number | undefined): boolean {
  return code !== undefined && KILLED.includes(code);
}

/** Delivery failed: the agent does not answer, or the machine is gone. */
function isUndelivered(invocation: CommandInvocation): boolean {
  return ['DeliveryTimedOut', 'Delivery Timed Out', 'Undeliverable', 'Terminated', 'InvalidPlatform', 'AccessDenied'].includes(invocation.StatusDetails ?? '');
}

/** A clock that is further off than this says nothing of when a step ran. */
const MOST_ASKEW_MS = 3_600_000;
/** SSM ends a command after 48 hours. */
const LONGEST_MS = 3 * 86_400_000;

/** When the command ran, as the agent said: its clock is that of the node. What cannot be is left out. */
function timesOf({ CommandPlugins, RequestedDateTime }: CommandInvocation): Pick<NodeAnswer, 'ran'> {
  const { ResponseStartDateTime, ResponseFinishDateTime } = CommandPlugins?.[0] ?? {};
  const [startMs, endMs, sentMs] = [ResponseStartDateTime, ResponseFinishDateTime, RequestedDateTime].map((date) => date?.getTime() ?? Number.NaN);
  if (startMs === undefined || endMs === undefined || sentMs === undefined) return {};
  // Of what is no time each comparison is false.
  return startMs >= sentMs - MOST_ASKEW_MS && endMs >= startMs && endMs <= sentMs + LONGEST_MS ? { ran: { startMs: epochMs(startMs), endMs: epochMs(endMs) } } : {};
}

function ended(invocation: CommandInvocation): Omit<NodeAnswer, 'instanceId'> {
  const plugin = invocation.CommandPlugins?.[0];
  const output = plugin?.Output ?? '';
  const report = REPORT.exec(output);
  if (report === null) {
    if (isUndelivered(invocation)) return { status: 'lost' };
    if (isKilled(plugin?.ResponseCode)) return { status: 'detached', tail: output.trim() };
    return { status: 'exited', exitCode: plugin?.ResponseCode ?? (invocation.Status === 'Success' ? 0 : 1), tail: output.trim() };
  }
  const said = output.slice(report[0].length);
  const scheduled = SCHEDULER.exec(said);
  const tail = said.slice(scheduled?.[0].length ?? 0).trim();
  const scheduler = readSchedulerReport(scheduled?.groups?.['json'] ?? '');
  const told = scheduler === undefined ? { tail } : { tail, scheduler };
  const exitCode = Number(report.groups?.['code']);
  switch (report.groups?.['how']) {
    case 'timedOut':
      return { status: 'timedOut', exitCode, ...told };
    // The step has not begun on this node: sending it again may cure that.
    case 'unstarted':
      return { status: 'detached', tail };
    // Nor will it: the runner does not let it begin there any more.
    case 'unbooted':
      return { status: 'unbooted', tail };
    default:
      return { status: 'exited', exitCode, ...told };
  }
}
