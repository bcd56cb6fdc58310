import type { InstanceId } from '../job/ids.ts';
import type { StepDispatch } from '../ports/node-commands.ts';
import type { NodeFile, ReadNodeFile } from '../ports/node-files.ts';
import { logBytesOf } from './log-bytes.ts';
import type { NodeAction } from './node-step.ts';
import { unitOf } from './node-step.ts';
import type { NodeCollector } from './telemetry.ts';
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
  readonly stopGraceSeconds?: number;
  /** Texts by the names that they have in `$ORCH_FILES`. */
  readonly files?: Readonly<Record<string, string>>;
  /** Name of the file that runs the action. */
  readonly launcher?: string;
  /** Nobody waits for it, and it may come late: its list of nodes is for itself. */
  readonly aside?: true;
  readonly nodes: readonly PayloadNode[];
  readonly stopFirst: readonly string[];
  readonly logGroup: string;
  /** Bytes that the steps of the same kind may log on a node; see `logBytesOf`. */
  readonly logBytes: number;
  readonly region: string;
  readonly traceparent: string;
  readonly collector?: NodeCollector;
}

/** Where nodes are, where their output and their telemetry go, and how much output is kept of an attempt. */
interface PayloadPlace {
  readonly logGroup: string;
  readonly region: string;
  readonly logBytesPerAttempt: number;
  readonly collector?: NodeCollector;
}

/** The payload of a step. A node that is not in its list does not run it. */
export function stepPayload(dispatch: StepDispatch, { logBytesPerAttempt, ...place }: PayloadPlace, read: ReadNodeFile): StepPayload {
  const { jobId, attempt, namespace, step, stopFirst } = dispatch;
  const nodes = dispatch.nodes.filter((node) => node.goneAtMs === undefined);
  const files = filesOf(dispatch, read);
  return {
    unit: unitOf(jobId, attempt, step),
    jobId,
    attempt,
    namespace,
    name: step.name,
    action: step.action,
    env: step.env,
    ...(step.timeoutSeconds === undefined ? {} : { timeoutSeconds: step.timeoutSeconds }),
    ...(step.stopGraceSeconds === undefined ? {} : { stopGraceSeconds: step.stopGraceSeconds }),
    ...(Object.keys(files).length === 0 ? {} : { files }),
    ...(step.launcher === undefined ? {} : { launcher: baseName(step.launcher) }),
    ...(step.phase === 'aside' ? { aside: true } : {}),
    nodes: nodes.map(({ name, rank, pool, instanceId, zone, address }) => ({ name, rank, pool, instanceId, zone, address })),
    stopFirst,
    logBytes: logBytesOf(logBytesPerAttempt, step.ranks, nodes.length),
    ...place,
    traceparent: stepTraceparent(jobId, attempt, step),
  };
}

function filesOf({ step, clusterFiles = {} }: StepDispatch, read: ReadNodeFile): Readonly<Record<string, string>> {
  const ours = Object.fromEntries((step.nodeFiles ?? []).map((file) => [baseName(file), read(file)]));
  return { ...clusterFiles, ...step.files, ...ours };
}

const baseName = (file: NodeFile): string => file.slice(file.lastIndexOf('/') + 1);
