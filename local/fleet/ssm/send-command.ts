import { randomUUID } from 'node:crypto';

import { z } from 'zod';

import type { FleetContext } from '../context.ts';
import { instanceArn } from '../events/instance-events.ts';
import type { AccessCheck, Caller } from '../http/caller.ts';
import type { Instance } from '../model.ts';
import { readInput } from '../protocol/read-input.ts';
import { ServiceError } from '../protocol/service-error.ts';
import { authorize } from './access.ts';
import { describeCommand } from './command-queries.ts';
import { executionSeconds } from './command.ts';
import type { Command } from './command.ts';
import { checkParameters, compileSteps } from './document-content.ts';
import { documentArn, loadDocument } from './documents.ts';

const DEFAULT_DELIVERY_SECONDS = 3600;
const limitSchema = z.string().regex(/^([1-9]\d{0,6}|[1-9]\d?%|100%)$/);

const sendSchema = z.looseObject({
  DocumentName: z.string().min(1),
  DocumentVersion: z.string().optional(),
  InstanceIds: z.array(z.string()).max(50).default([]),
  Targets: z.array(z.looseObject({ Key: z.string(), Values: z.array(z.string()).max(50).default([]) })).max(5).default([]),
  Parameters: z.record(z.string(), z.array(z.string())).default({}),
  Comment: z.string().max(100).default(''),
  TimeoutSeconds: z.int().min(30).max(2_592_000).default(DEFAULT_DELIVERY_SECONDS),
  MaxConcurrency: limitSchema.default('50'),
  MaxErrors: z.string().regex(/^(\d{1,7}|\d{1,2}%|100%)$/).default('0'),
});
type SendRequest = z.output<typeof sendSchema>;

/** `SendCommand`: to instances by id or by tag, of those that are registered. */
export async function sendCommand(input: unknown, caller: Caller, context: FleetContext): Promise<object> {
  const request = readInput(sendSchema, input);
  if ((request.InstanceIds.length === 0) === (request.Targets.length === 0)) {
    throw new ServiceError('ValidationException', 'Either InstanceIds or Targets must be given, and not both.');
  }
  const { record, version, content } = loadDocument(request.DocumentName, request.DocumentVersion, context);
  const targeted = request.InstanceIds.length > 0 ? namedInstances(request, context) : taggedInstances(request, context);
  await authorize(caller, accessChecks(caller, record.name, request, targeted));
  const parameters = checkParameters(content, request.Parameters);
  const steps = compileSteps(content, request.Parameters);
  const now = context.clock.nowMs();
  const command: Command = {
    id: randomUUID(),
    account: caller.account,
    region: caller.region,
    documentName: record.name,
    documentVersion: version,
    comment: request.Comment,
    parameters,
    instanceIds: request.InstanceIds,
    targets: request.Targets.map(({ Key: key, Values: values }) => ({ key, values })),
    steps,
    maxConcurrency: request.MaxConcurrency,
    maxErrors: request.MaxErrors,
    timeoutSeconds: request.TimeoutSeconds,
    requestedAtMs: now,
    expiresAtMs: now + (request.TimeoutSeconds + executionSeconds(steps)) * 1000,
    targetIds: targeted.map(({ id }) => id),
    cancelled: false,
    status: 'Pending',
  };
  const answer = { Command: describeCommand(command, []) };
  context.commands.send(command);
  return answer;
}

function registered(context: FleetContext): Instance[] {
  return context.instances
    .values()
    .filter((instance) => instance.registeredAtMs !== undefined && instance.state === 'running');
}

function namedInstances(request: SendRequest, context: FleetContext): Instance[] {
  const known = new Map(registered(context).map((instance) => [instance.id, instance]));
  const missing = request.InstanceIds.filter((id) => !known.has(id));
  if (missing.length > 0) {
    throw new ServiceError('InvalidInstanceId', `Instances [[${missing.join(', ')}]] not in a valid state for account`);
  }
  return request.InstanceIds.map((id) => known.get(id)).filter((instance) => instance !== undefined);
}

function taggedInstances(request: SendRequest, context: FleetContext): Instance[] {
  return registered(context).filter((instance) =>
    request.Targets.every(({ Key: key, Values: values }) => {
      if (key === 'InstanceIds' || key === 'instanceids') {
        return values.includes(instance.id);
      }
      if (key === 'tag-key') {
        return values.some((name) => name in instance.tags);
      }
      if (!key.startsWith('tag:')) {
        throw new ServiceError('ValidationException', `The target key ${key} is not valid`);
      }
      const value = instance.tags[key.slice(4)];
      return value !== undefined && values.includes(value);
    }),
  );
}

/** The document and each instance; where tags find none, the tags themselves. */
function accessChecks(caller: Caller, document: string, request: SendRequest, targeted: readonly Instance[]): AccessCheck[] {
  const onDocument = { action: 'ssm:SendCommand', resource: documentArn(caller, document) };
  if (targeted.length === 0) {
    const tags = request.Targets.filter(({ Key }) => Key.startsWith('tag:')).map(({ Key, Values }) => [Key.slice(4), Values[0] ?? '']);
    const resource = `arn:aws:ec2:${caller.region}:${caller.account}:instance/*`;
    return [onDocument, { action: 'ssm:SendCommand', resource, context: tagContext(Object.fromEntries(tags)) }];
  }
  return [
    onDocument,
    ...targeted.map((instance) => ({
      action: 'ssm:SendCommand',
      resource: instanceArn(instance),
      context: tagContext(instance.tags),
    })),
  ];
}

function tagContext(tags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tags).flatMap(([key, value]) => [
      [`ssm:resourceTag/${key}`, value],
      [`aws:ResourceTag/${key}`, value],
    ]),
  );
}
