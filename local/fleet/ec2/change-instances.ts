import type { FleetContext } from '../context.ts';
import { instanceTarget } from '../faults.ts';
import type { Caller } from '../http/caller.ts';
import { structures, texts } from '../protocol/query.ts';
import type { QueryParams } from '../protocol/query.ts';
import { ServiceError } from '../protocol/service-error.ts';
import type { XmlTree } from '../protocol/xml.ts';
import { authorize, instanceCheck, requestTags } from './access.ts';
import { findInstances, writeState } from './describe-instances.ts';
import { readTags } from './tags.ts';

/** `TerminateInstances`: all of those named, or none where one is not known. */
export async function terminateInstances(params: QueryParams, caller: Caller, context: FleetContext): Promise<XmlTree> {
  const ids = texts(params, 'InstanceId');
  if (ids.length === 0) {
    throw new ServiceError('MissingParameter', 'The request must contain the parameter InstanceId');
  }
  const named = findInstances([...new Set(ids)], context);
  await authorize(caller, named.map((instance) => instanceCheck('ec2:TerminateInstances', instance)));
  return {
    instancesSet: named.map((instance) => {
      const before = context.instances.get(instance.id)?.state ?? instance.state;
      const ignored = context.faults.strike('terminateIgnored', instanceTarget(instance));
      if (ignored !== undefined) {
        context.lifecycle.endLater(instance.id, context.clock.nowMs() + context.clock.wallMs(ignored.seconds));
      }
      const after = ignored === undefined ? context.lifecycle.end(instance.id, 'user')?.state : 'shutting-down';
      return { instanceId: instance.id, currentState: writeState(after ?? 'terminated'), previousState: writeState(before) };
    }),
  };
}

/** `CreateTags` where every resource is an instance of the fleet. */
export async function createTags(params: QueryParams, caller: Caller, context: FleetContext): Promise<XmlTree> {
  const tags = readTags(structures(params, 'Tag'));
  const named = findInstances(texts(params, 'ResourceId'), context);
  await authorize(
    caller,
    named.map((instance) => {
      const check = instanceCheck('ec2:CreateTags', instance);
      return { ...check, context: { ...check.context, ...requestTags(tags) } };
    }),
  );
  for (const { id } of named) {
    const instance = context.instances.get(id);
    if (instance !== undefined) {
      context.instances.put(id, { ...instance, tags: { ...instance.tags, ...tags } });
    }
  }
  return { return: true };
}

/** Whether a tagging request is about the fleet's instances, and not about the rest of the cloud. */
export function namesInstances(params: QueryParams): boolean {
  const resources = texts(params, 'ResourceId');
  return resources.length > 0 && resources.every((id) => id.startsWith('i-'));
}
