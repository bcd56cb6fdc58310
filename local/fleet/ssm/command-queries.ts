import { z } from 'zod';

import type { FleetContext } from '../context.ts';
import { instanceArn } from '../events/instance-events.ts';
import type { Caller } from '../http/caller.ts';
import { page } from '../protocol/paging.ts';
import { readInput } from '../protocol/read-input.ts';
import { ServiceError } from '../protocol/service-error.ts';
import { authorize } from './access.ts';
import { countFailures } from './command-status.ts';
import { isFinal, shortStatus } from './command.ts';
import type { Command, Invocation, StepResult } from './command.ts';

const LARGEST_PAGE = 50;
/** SSM keeps the beginning of an output, and says that there was more. */
const OUTPUT_LIMITS = { standardOutput: 24_000, standardError: 8000, list: 2500 };
const TRUNCATED = '---Output truncated---';

const listSchema = z.looseObject({
  CommandId: z.string().optional(),
  InstanceId: z.string().optional(),
  MaxResults: z.int().min(1).max(LARGEST_PAGE).default(LARGEST_PAGE),
  NextToken: z.string().optional(),
  Filters: z.array(z.looseObject({ key: z.string(), value: z.string() })).default([]),
  Details: z.boolean().default(false),
});
const getSchema = z.looseObject({ CommandId: z.string(), InstanceId: z.string(), PluginName: z.string().optional() });
const cancelSchema = z.looseObject({ CommandId: z.string(), InstanceIds: z.array(z.string()).default([]) });

/** `ListCommands` */
export async function listCommands(input: unknown, caller: Caller, context: FleetContext): Promise<object> {
  const request = readInput(listSchema, input);
  await authorize(caller, [{ action: 'ssm:ListCommands', resource: '*' }]);
  const wanted = context.commands
    .list()
    .filter(({ id }) => request.CommandId === undefined || id === request.CommandId)
    .filter(({ targetIds }) => request.InstanceId === undefined || targetIds.includes(request.InstanceId))
    .filter((command) => fitsFilters(request.Filters, command.documentName, shortStatus(command.status), command));
  const { items, nextToken } = page(wanted, newestFirst, request.NextToken, request.MaxResults, 'InvalidNextToken');
  return { Commands: items.map((command) => describeCommand(command, context.commands.invocationsOf(command))), NextToken: nextToken };
}

/** `ListCommandInvocations`: a command's are not listed for a moment after it was sent. */
export async function listCommandInvocations(input: unknown, caller: Caller, context: FleetContext): Promise<object> {
  const request = readInput(listSchema, input);
  await authorize(caller, [{ action: 'ssm:ListCommandInvocations', resource: '*' }]);
  const now = context.clock.nowMs();
  const wanted = context.commands
    .list()
    .filter(({ id }) => request.CommandId === undefined || id === request.CommandId)
    .flatMap((command) => context.commands.invocationsOf(command).map((invocation) => ({ command, invocation })))
    .filter(({ invocation }) => now >= invocation.visibleAtMs)
    .filter(({ invocation }) => request.InstanceId === undefined || invocation.instanceId === request.InstanceId)
    .filter(({ command, invocation }) => fitsFilters(request.Filters, command.documentName, shortStatus(invocation.status), command));
  const { items, nextToken } = page(
    wanted,
    ({ command, invocation }) => `${newestFirst(command)}/${invocation.instanceId}`,
    request.NextToken,
    request.MaxResults,
    'InvalidNextToken',
  );
  return {
    CommandInvocations: items.map(({ command, invocation }) => describeInvocation(command, invocation, request.Details)),
    NextToken: nextToken,
  };
}

/** `GetCommandInvocation` */
export async function getCommandInvocation(input: unknown, caller: Caller, context: FleetContext): Promise<object> {
  const request = readInput(getSchema, input);
  await authorize(caller, [{ action: 'ssm:GetCommandInvocation', resource: '*' }]);
  const command = context.commands.command(request.CommandId);
  const invocation =
    command === undefined
      ? undefined
      : context.commands.invocationsOf(command).find(({ instanceId }) => instanceId === request.InstanceId);
  if (command === undefined || invocation === undefined || context.clock.nowMs() < invocation.visibleAtMs) {
    throw new ServiceError('InvocationDoesNotExist', '');
  }
  const plugin = request.PluginName ?? command.steps[0]?.name;
  if (!command.steps.some(({ name }) => name === plugin)) {
    throw new ServiceError('InvalidPluginName', '');
  }
  const result = invocation.results.find(({ name }) => name === plugin);
  return {
    CommandId: command.id,
    InstanceId: invocation.instanceId,
    Comment: command.comment,
    DocumentName: command.documentName,
    DocumentVersion: command.documentVersion,
    PluginName: plugin,
    ResponseCode: result?.responseCode ?? -1,
    ExecutionStartDateTime: isoTime(result?.startedAtMs ?? invocation.startedAtMs),
    ExecutionElapsedTime: elapsed(result),
    ExecutionEndDateTime: isoTime(result?.endedAtMs),
    Status: shortStatus(invocation.status),
    StatusDetails: invocation.status,
    StandardOutputContent: truncate(result?.standardOutput ?? '', OUTPUT_LIMITS.standardOutput),
    StandardOutputUrl: '',
    StandardErrorContent: truncate(result?.standardError ?? '', OUTPUT_LIMITS.standardError),
    StandardErrorUrl: '',
  };
}

/** `CancelCommand`: what runs is ended; what it had started as units goes on. */
export async function cancelCommand(input: unknown, caller: Caller, context: FleetContext): Promise<object> {
  const request = readInput(cancelSchema, input);
  const command = context.commands.command(request.CommandId);
  const targetIds = request.InstanceIds.length > 0 ? request.InstanceIds : (command?.targetIds ?? []);
  const instances = targetIds.map((id) => context.instances.get(id)).filter((instance) => instance !== undefined);
  await authorize(
    caller,
    instances.length === 0
      ? [{ action: 'ssm:CancelCommand', resource: '*' }]
      : instances.map((instance) => ({ action: 'ssm:CancelCommand', resource: instanceArn(instance) })),
  );
  if (command === undefined) {
    throw new ServiceError('InvalidCommandId', '');
  }
  context.commands.cancel(command.id, request.InstanceIds);
  return {};
}

/** A command as SSM describes it. */
export function describeCommand(command: Command, invocations: readonly Invocation[]): object {
  return {
    CommandId: command.id,
    DocumentName: command.documentName,
    DocumentVersion: command.documentVersion,
    Comment: command.comment,
    ExpiresAfter: command.expiresAtMs / 1000,
    Parameters: command.parameters,
    InstanceIds: command.instanceIds,
    Targets: command.targets.map(({ key, values }) => ({ Key: key, Values: values })),
    RequestedDateTime: command.requestedAtMs / 1000,
    Status: shortStatus(command.status),
    StatusDetails: command.status,
    MaxConcurrency: command.maxConcurrency,
    MaxErrors: command.maxErrors,
    TargetCount: invocations.length,
    CompletedCount: invocations.filter(({ status }) => isFinal(status)).length,
    ErrorCount: countFailures(invocations.filter(({ status }) => status !== 'DeliveryTimedOut')),
    DeliveryTimedOutCount: invocations.filter(({ status }) => status === 'DeliveryTimedOut').length,
    TimeoutSeconds: command.timeoutSeconds,
    ServiceRole: '',
    CloudWatchOutputConfig: { CloudWatchLogGroupName: '', CloudWatchOutputEnabled: false },
  };
}

function describeInvocation(command: Command, invocation: Invocation, details: boolean): object {
  return {
    CommandId: command.id,
    InstanceId: invocation.instanceId,
    InstanceName: '',
    Comment: command.comment,
    DocumentName: command.documentName,
    DocumentVersion: command.documentVersion,
    RequestedDateTime: command.requestedAtMs / 1000,
    Status: shortStatus(invocation.status),
    StatusDetails: invocation.status,
    StandardOutputUrl: '',
    StandardErrorUrl: '',
    ServiceRole: '',
    CommandPlugins: details
      ? invocation.results.map((result) => ({
          Name: result.name,
          Status: shortStatus(result.status),
          StatusDetails: result.status,
          ResponseCode: result.responseCode,
          ResponseStartDateTime: result.startedAtMs / 1000,
          ResponseFinishDateTime: result.endedAtMs / 1000,
          Output: truncate(joinOutput(result), OUTPUT_LIMITS.list),
          StandardOutputUrl: '',
          StandardErrorUrl: '',
        }))
      : [],
  };
}

function joinOutput({ standardOutput, standardError }: StepResult): string {
  return standardError === '' ? standardOutput : `${standardOutput}\n----------ERROR-------\n${standardError}`;
}

function truncate(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - TRUNCATED.length)}${TRUNCATED}`;
}

function newestFirst({ requestedAtMs, id }: Command): string {
  return `${String(Number.MAX_SAFE_INTEGER - requestedAtMs).padStart(16, '0')}/${id}`;
}

function isoTime(atMs: number | undefined): string {
  return atMs === undefined ? '' : new Date(atMs).toISOString();
}

function elapsed(result: StepResult | undefined): string {
  return result === undefined ? '' : `PT${((result.endedAtMs - result.startedAtMs) / 1000).toFixed(3)}S`;
}

function fitsFilters(
  filters: readonly { readonly key: string; readonly value: string }[],
  documentName: string,
  status: string,
  { requestedAtMs }: Command,
): boolean {
  return filters.every(({ key, value }) => {
    switch (key) {
      case 'Status':
        return status === value;
      case 'DocumentName':
        return documentName === value;
      case 'InvokedAfter':
        return requestedAtMs > Date.parse(value);
      case 'InvokedBefore':
        return requestedAtMs < Date.parse(value);
      default:
        throw new ServiceError('InvalidFilterKey', `The filter key ${key} is not valid`);
    }
  });
}
