import type { InstanceId } from '../job/ids.ts';
import type { StepDispatch } from '../ports/node-commands.ts';
import type { NodeAction } from './node-step.ts';
import { unitOf } from './node-step.ts';
import { stepTraceparent } from './trace-context.ts';

/** A node as the others see it. */
interface PayloadNode {
  readonly name: string;
  readonly rank: number;
  readonly pool: string;
  readonly instanceId: InstanceId;
  readonly zone: string;
  readonly address: string;
}

/** What a node fetches to run a step; `nodes/step_unit.py` reads it. */
export interface StepPayload {
  readonly unit: string;
  readonly jobId: string;
  readonly attempt: number;
  readonly namespace: string;
  readonly name: string;
  readonly action: NodeAction;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutSeconds?: number;
  readonly nodes: readonly PayloadNode[];
  readonly stopFirst: readonly string[];
  readonly logGroup: string;
  readonly region: string;
  readonly traceparent: string;
}

/** The payload of a step. A node that is not in its list does not run it. */
export function stepPayload(dispatch: StepDispatch, place: { readonly logGroup: string; readonly region: string }): StepPayload {
  const { jobId, attempt, namespace, step, nodes, stopFirst } = dispatch;
  return {
    unit: unitOf(jobId, attempt, step),
    jobId,
    attempt,
    namespace,
    name: step.name,
    action: step.action,
    env: step.env,
    ...(step.timeoutSeconds === undefined ? {} : { timeoutSeconds: step.timeoutSeconds }),
    nodes: nodes.filter((node) => node.goneAtMs === undefined).map(({ name, rank, pool, instanceId, zone, address }) => ({ name, rank, pool, instanceId, zone, address })),
    stopFirst,
    ...place,
    traceparent: stepTraceparent(jobId, attempt, step.phase, step.index),
  };
}
