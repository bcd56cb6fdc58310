import { refuseUnless } from '../http/refuse.ts';
import type { AccessCheck, Caller } from '../http/caller.ts';
import type { Instance, Tags } from '../model.ts';
import { instanceArn } from '../events/instance-events.ts';

/** Throws UnauthorizedOperation where the caller lacks one of the permissions. */
export function authorize(caller: Caller, checks: readonly AccessCheck[]): Promise<void> {
  return refuseUnless(caller, checks, 'UnauthorizedOperation', 403, unauthorizedMessage);
}

/** Throws unless the caller may call a describing action, which has no resources. */
export function authorizeDescribe(caller: Caller, action: string): Promise<void> {
  return authorize(caller, [{ action: `ec2:${action}`, resource: '*' }]);
}

/** EC2's own words around IAM's. */
export function unauthorizedMessage(message: string): string {
  return `You are not authorized to perform this operation. ${message}`;
}

/** A check of an action on an instance as it is. */
export function instanceCheck(action: string, instance: Instance): AccessCheck {
  return {
    action,
    resource: instanceArn(instance),
    context: {
      'ec2:InstanceType': instance.type,
      'ec2:AvailabilityZone': instance.zone,
      ...resourceTags(instance.tags),
    },
  };
}

/** The condition keys that an existing resource's tags give. */
export function resourceTags(tags: Tags): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tags).flatMap(([key, value]) => [
      [`ec2:ResourceTag/${key}`, value],
      [`aws:ResourceTag/${key}`, value],
    ]),
  );
}

/** The condition keys that the tags in a request give. */
export function requestTags(tags: Tags): Record<string, string | string[]> {
  const entries = Object.entries(tags);
  return entries.length === 0
    ? {}
    : {
        ...Object.fromEntries(entries.map(([key, value]) => [`aws:RequestTag/${key}`, value])),
        'aws:TagKeys': entries.map(([key]) => key),
      };
}
