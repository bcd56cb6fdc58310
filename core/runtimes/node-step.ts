import type { JobId } from '../job/ids.ts';
import { phases, type Phase } from '../lifecycle/task.ts';
import type { NodeFile } from '../ports/node-files.ts';

/** What a step does on a node. A command replaces the image's entrypoint; no shell reads it. */
export type NodeAction =
  | { readonly kind: 'script'; readonly script: string }
  | { readonly kind: 'image'; readonly image: string; readonly command?: readonly string[] };

/** Where a step has its place: in a phase, or `aside`: nobody waits for it, and it has no record. */
export type StepPhase = Phase | 'aside';

/** A step as it goes to the nodes. */
export interface NodeStep {
  readonly phase: StepPhase;
  readonly index: number;
  /** How often lost nodes were replaced before; absent for the first configuration. */
  readonly round?: number;
  readonly name: string;
  readonly ranks: 'all' | 'head';
  readonly action: NodeAction;
  readonly env: Readonly<Record<string, string>>;
  /** Absent for a step that is bounded by the job's TTL only. */
  readonly timeoutSeconds?: number;
  /** How long it may take to end once it is told to stop, before it is killed. Absent: ten seconds. */
  readonly stopGraceSeconds?: number;
  /** Texts that it finds in the folder `$ORCH_FILES` by these names, readable by root only. */
  readonly files?: Readonly<Record<string, string>>;
  /** Files of ours that it finds there too, by the last part of their names. */
  readonly nodeFiles?: readonly NodeFile[];
  /**
   * One of `nodeFiles` that runs the action instead of the node itself: a shell script that finds a script action in
   * `$ORCH_FILES/job`, an image's words in `$ORCH_FILES/image.json`, and tells `SchedulerReport` in `$ORCH_REPORT`.
   */
  readonly launcher?: NodeFile;
  /** Whether `Runtime.clusterFiles` are made for it when it is sent. */
  readonly clusterFiles?: true;
  /** Steps of the orchestrator itself (shared folder, Slurm set-up) are told apart from the user's in history and logs. */
  readonly system: boolean;
}

/** A step that has not got its place in a phase yet. */
export type UnplacedStep = Omit<NodeStep, 'phase' | 'index' | 'round'>;

type Place = Pick<NodeStep, 'phase' | 'index' | 'round'>;

/** The key of a step within its attempt: `<phase>/<index>`, with `.<round>` behind it once nodes were replaced. */
export const stepKey = ({ phase, index, round = 0 }: Place): string => `${phase}/${index}${round === 0 ? '' : `.${round}`}`;

const KEY = /^(?<phase>[a-zA-Z]+)\/(?<index>\d+)(?:\.(?<round>\d+))?$/;

/** What `stepKey` made; `undefined` for anything else. */
export function parseStepKey(key: string): (Place & { readonly phase: Phase; readonly round: number }) | undefined {
  const parts = KEY.exec(key)?.groups;
  const phase = phases.find((p) => p === parts?.['phase']);
  return phase === undefined ? undefined : { phase, index: Number(parts?.['index']), round: Number(parts?.['round'] ?? 0) };
}

/**
 * Name of the systemd unit that runs a step on a node: one per attempt and step, so that a command sent twice finds
 * the unit of the first.
 */
export const unitName = (jobId: JobId, attempt: number, phase: StepPhase, index: number): string =>
  `orch-${jobId}-${attempt}-${phase}-${index}`;

/**
 * The unit of a step in its round. A step of the user's runs once on a node, whatever is replaced around it; one of the
 * system's runs again in each round, so that the nodes that stay learn of those that are new.
 */
export function unitOf(jobId: JobId, attempt: number, { phase, index, round = 0, system }: Place & Pick<NodeStep, 'system'>): string {
  const unit = unitName(jobId, attempt, phase, index);
  return system && round > 0 ? `${unit}-${round}` : unit;
}
