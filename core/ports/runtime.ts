import type { JobId } from '../job/ids.ts';
import type { Node } from '../job/job.ts';
import type { Manifest } from '../manifest/schema.ts';
import type { UnplacedStep } from '../runtimes/node-step.ts';

/** What a runtime makes its steps from. `manifest` has the submitted script among its `onRun` steps. */
interface RuntimeContext {
  readonly manifest: Manifest;
}

/** An attempt whose units are meant. */
interface RuntimeAttempt extends RuntimeContext {
  readonly jobId: JobId;
  readonly attempt: number;
}

/** An attempt with its machines. */
export interface RuntimeCluster extends RuntimeAttempt {
  readonly namespace: string;
  /** Those that are there. */
  readonly nodes: readonly Node[];
  /** Known to the nodes of this attempt alone, and the same in each of its steps: 128 characters of base64. */
  readonly secret: string;
}

/** What the loss of a node means for the attempt. */
export type NodeLossVerdict = 'fail' | 'replace' | 'requeue';

/**
 * What turns nodes into a cluster and runs the job on it. Pure: a runtime only says which steps run where; the
 * lifecycle sends them. The same context gives the same steps, in any task, at any time.
 */
export interface Runtime {
  readonly type: string;
  /**
   * Steps of the orchestrator that run on the nodes before the user's `onConfigure`. When nodes are replaced they run again
   * on every node, with the list of nodes as it is then, while the job may run on the head: they must bear it.
   */
  prepare(context: RuntimeContext): readonly UnplacedStep[];
  /** Those that run after the user's `onConfigure`, on nodes that have what it installed: they bring the cluster up. As for `prepare`. */
  start(context: RuntimeContext): readonly UnplacedStep[];
  /** The job itself. None: the cluster is interactive. */
  run(context: RuntimeContext): readonly UnplacedStep[];
  /** Files by name for a step with `clusterFiles`, made when it is sent: of the nodes as they are then. */
  clusterFiles(cluster: RuntimeCluster): Readonly<Record<string, string>>;
  /** Units on the head node that must have ended before post-run steps start. */
  stopUnits(attempt: RuntimeAttempt): readonly string[];
  /** What becomes of an attempt that loses this node. `replace` of each node that is lost: the job goes on meanwhile. */
  nodeLost(context: RuntimeContext, node: Node): NodeLossVerdict;
  /**
   * Whether a running job whose lost nodes were to be replaced goes on without them, where there are none to be had:
   * with the nodes that stay, among them the head.
   */
  spares(context: RuntimeContext, staying: readonly Node[]): boolean;
  /** What the head node is told at once of nodes that run no longer and are to be replaced; `undefined`: nothing. */
  tellLost(context: RuntimeContext, lost: readonly Node[]): UnplacedStep | undefined;
}
