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
  const { items, nextToken } = selectInstances(params, context, { 'instance-status.status': (instance) => [statusOf(instance, context)] });
  const all = flag(params, 'IncludeAllInstances');
  return { instanceStatusSet: items.filter(({ state }) => all || state === 'running').map((instance) => writeStatus(instance, context)), nextToken };
}

/** EC2 sees that a kernel does not answer; nothing is wrong with its host. */
function writeStatus(instance: Instance, context: FleetContext): XmlTree {
  const status = statusOf(instance, context);
  const hosts = status === 'impaired' ? 'ok' : status;
  const impairedSince = hangsSince(instance, context);
  return {
    instanceId: instance.id,
    availabilityZone: instance.zone,
    instanceState: writeState(instance.state),
    instanceStatus: { status, details: [{ name: 'reachability', status: REACHABILITY[status], impairedSince }] },
    systemStatus: { status: hosts, details: [{ name: 'reachability', status: REACHABILITY[hosts] }] },
  };
}

function statusOf(instance: Instance, context: FleetContext): keyof typeof REACHABILITY {
  if (instance.state !== 'running') return 'not-applicable';
  if (hangsSince(instance, context) !== undefined) return 'impaired';
  return context.clock.nowMs() >= instance.registersAtMs ? 'ok' : 'initializing';
}

function hangsSince(instance: Instance, { faults }: FleetContext): Date | undefined {
  const fault = instance.state === 'running' ? faults.standing('instanceHangs', instanceTarget(instance)) : undefined;
  return fault && new Date(fault.addedAtMs - fault.forSeconds * 1000);
}
