import type { Instance } from '../model.ts';
import type { FleetEvent } from './event.ts';

/** `EC2 Instance State-change Notification` */
export function instanceStateEvent(instance: Instance, atMs: number): FleetEvent {
  return instanceEvent(instance, atMs, 'EC2 Instance State-change Notification', { state: instance.state });
}

/** `EC2 Spot Instance Interruption Warning`: its ARN has the zone and no account, unlike every other of an instance. */
export function spotInterruptionEvent(instance: Instance, atMs: number): FleetEvent {
  const event = instanceEvent(instance, atMs, 'EC2 Spot Instance Interruption Warning', { 'instance-action': 'terminate' });
  return { ...event, resources: [`arn:aws:ec2:${instance.zone}:instance/${instance.id}`] };
}

/** `EC2 Instance Rebalance Recommendation` */
export function rebalanceEvent(instance: Instance, atMs: number): FleetEvent {
  return instanceEvent(instance, atMs, 'EC2 Instance Rebalance Recommendation', {});
}

/** The ARN of an instance. */
export function instanceArn({ region, account, id }: Pick<Instance, 'region' | 'account' | 'id'>): string {
  return `arn:aws:ec2:${region}:${account}:instance/${id}`;
}

function instanceEvent(
  instance: Instance,
  atMs: number,
  detailType: string,
  detail: Readonly<Record<string, unknown>>,
): FleetEvent {
  return {
    source: 'aws.ec2',
    detailType,
    resources: [instanceArn(instance)],
    detail: { 'instance-id': instance.id, ...detail },
    atMs,
    region: instance.region,
    account: instance.account,
    subject: { instanceId: instance.id, tags: instance.tags },
  };
}
