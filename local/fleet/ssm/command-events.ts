import type { FleetEvent } from '../events/event.ts';
import { instanceArn } from '../events/instance-events.ts';
import type { Tags } from '../model.ts';
import { shortStatus } from './command.ts';
import type { Command, Invocation } from './command.ts';

/** `EC2 Command Status-change Notification` */
export function commandEvent(command: Command, atMs: number, tags: Tags): FleetEvent {
  return {
    source: 'aws.ssm',
    detailType: 'EC2 Command Status-change Notification',
    resources: [],
    detail: {
      'command-id': command.id,
      'document-name': command.documentName,
      'expire-after': new Date(command.expiresAtMs).toISOString(),
      parameters: command.parameters,
      'requested-date-time': new Date(command.requestedAtMs).toISOString(),
      status: shortStatus(command.status),
    },
    atMs,
    region: command.region,
    account: command.account,
    subject: { tags },
  };
}

/** `EC2 Command Invocation Status-change Notification` */
export function invocationEvent(command: Command, invocation: Invocation, atMs: number, tags: Tags): FleetEvent {
  return {
    source: 'aws.ssm',
    detailType: 'EC2 Command Invocation Status-change Notification',
    resources: [instanceArn({ region: command.region, account: command.account, id: invocation.instanceId })],
    detail: {
      'command-id': command.id,
      'document-name': command.documentName,
      'instance-id': invocation.instanceId,
      'requested-date-time': new Date(command.requestedAtMs).toISOString(),
      status: shortStatus(invocation.status),
    },
    atMs,
    region: command.region,
    account: command.account,
    subject: { instanceId: invocation.instanceId, tags },
  };
}
