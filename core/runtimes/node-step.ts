import type { JobId } from '../job/ids.ts';
import { phases, type Phase } from '../lifecycle/task.ts';

/** What a step does on a node. A command replaces the image's entrypoint; no shell reads it. */
export type NodeAction =
  | { readonly kind: 'script'; readonly script: string }
  | { readonly kind: 'image'; readonly image: string; readonly command?: readonly string[] };

/** A step as it goes to the nodes. */
export interface NodeStep {
  readonly phase: Phase;
  readonly index: number;
  readonly name: string;
  readonly ranks: 'all' | 'head';
  readonly action: NodeAction;
  readonly env: Readonly<Record<string, string>>;
  /** Absent for a step that is bounded by the job's TTL only. */
  readonly timeoutSeconds?: number;
  /** Steps of the orchestrator itself (shared folder, Slurm set-up) are told apart from the user's in history and logs. */
  readonly system: boolean;
}

/** A step that has not got its place in a phase yet. */
export type UnplacedStep = Omit<NodeStep, 'phase' | 'index'>;

/** `<phase>/<index>`: the key of a step within its attempt. */
export const stepKey = (phase: Phase, index: number): string => `${phase}/${index}`;

/** What `stepKey` made; `undefined` for anything else. */
export function parseStepKey(key: string): { readonly phase: Phase; readonly index: number } | undefined {
  const [name, index] = key.split('/');
  const phase = phases.find((p) => p === name);
  return phase === undefined ? undefined : { phase, index: Number(index) };
}

/**
 * Name of the systemd unit that runs a step on a node: one per attempt and step, so that a command sent twice finds
 * the unit of the first.
 */
export const unitName = (jobId: JobId, attempt: number, phase: Phase, index: number): string =>
  `orch-${jobId}-${attempt}-${phase}-${index}`;
