import type { FleetContext } from '../context.ts';
import { instanceTarget } from '../faults.ts';
import type { Caller } from '../http/caller.ts';
import type { Instance } from '../model.ts';
import { flag } from '../protocol/query.ts';
import type { QueryParams } from '../protocol/query.ts';
import type { XmlTree } from '../protocol/xml.ts';
import { authorizeDescribe } from './access.ts';
import { selectInstances, writeState } from './describe-instances.ts';

const REACHABILITY = { ok: 'passed', impaired: 'failed', initializing: 'initializing', 'not-applicable': 'not-applicable' } as const;

/** `DescribeInstanceStatus`: of running instances, or of all. */
export async function describeInstanceStatus(params: QueryParams, caller: Caller, context: FleetContext): Promise<XmlTree> {
  await authorizeDescribe(caller, 'DescribeInstanceStatus');
  const { items, nextToken } = selectInstances(params, context, {
    'instance-status.status': (instance) => [statusOf(instance, 'instance', context)],
    'system-status.status': (instance) => [statusOf(instance, 'system', context)],
  });
  const all = flag(params, 'IncludeAllInstances');
  return { instanceStatusSet: items.filter(({ state }) => all || state === 'running').map((instance) => writeStatus(instance, context)), nextToken };
}

/** Of a kernel that does not answer and of a host that fails each has its own check. */
function writeStatus(instance: Instance, context: FleetContext): XmlTree {
  return {
    instanceId: instance.id,
    availabilityZone: instance.zone,
    instanceState: writeState(instance.state),
    instanceStatus: writeCheck(instance, 'instance', context),
    systemStatus: writeCheck(instance, 'system', context),
  };
}

function writeCheck(instance: Instance, check: Check, context: FleetContext): XmlTree {
  const status = statusOf(instance, check, context);
  return { status, details: [{ name: 'reachability', status: REACHABILITY[status], impairedSince: failsSince(instance, check, context) }] };
}

type Check = 'instance' | 'system';

function statusOf(instance: Instance, check: Check, context: FleetContext): keyof typeof REACHABILITY {
  if (instance.state !== 'running') return 'not-applicable';
  if (failsSince(instance, check, context) !== undefined) return 'impaired';
  return context.clock.nowMs() >= instance.registersAtMs ? 'ok' : 'initializing';
}

function failsSince(instance: Instance, check: Check, { faults }: FleetContext): Date | undefined {
  const fault = instance.state === 'running' ? faults.standing('instanceHangs', instanceTarget(instance)) : undefined;
  return fault !== undefined && (fault.check ?? 'instance') === check ? new Date(fault.addedAtMs - fault.forSeconds * 1000) : undefined;
}
