import { gangRequest } from '../../../core/capacity/gang-request.ts';
import type { GangRequest } from '../../../core/capacity/gang.ts';
import type { Deployment } from '../../../core/deployment/deployment.ts';
import type { Job, Node } from '../../../core/job/job.ts';
import { nameNodes } from '../../../core/job/name-nodes.ts';
import type { TaskAnswer, TaskInput } from '../../../core/lifecycle/task.ts';
import { ttlDeadline, ttlReason } from '../../../core/lifecycle/time-over.ts';
import type { CapacityProvider } from '../../../core/ports/capacity-provider.ts';
import type { AttemptStore } from '../../../core/ports/job-store.ts';
import type { ManifestStore } from '../../../core/ports/manifest-store.ts';
import type { NodeCommands } from '../../../core/ports/node-commands.ts';
import { cancelled, isCancelDue } from '../../../core/lifecycle/stop-answer.ts';
import { enterStates, recordEvents, type JobPorts } from '../current-job.ts';
import { manifestOf } from '../job-manifest.ts';

export interface AwaitPorts extends JobPorts {
  readonly attempts: AttemptStore;
  readonly manifests: ManifestStore;
  readonly capacity: CapacityProvider;
  readonly commands: NodeCommands;
  readonly deployment: Deployment;
  /** Waits between two looks. */
  readonly pause: (ms: number) => Promise<void>;
}

/**
 * Looks until every node takes commands, for at most `budgetMs`, then answers `pending` and is called again: SSM sends
 * no event when an agent registers, and a loop of the state machine's would cost transitions. A node that does not come
 * up in time is replaced in its zone, a few times.
 */
export async function awaitNodes(ports: AwaitPorts, input: TaskInput, budgetMs: number): Promise<TaskAnswer> {
  const entered = await enterStates(ports, input);
  const startedAtMs = ports.clock.now();
  // Nobody else changes the nodes while the job configures.
  let nodes = await ports.attempts.nodes(entered.jobId, entered.attempt);
  for (let job: Job | undefined = entered; job !== undefined; job = await ports.jobs.peek(job.jobId)) {
    const answer = isCancelDue(job) ? cancelled(job) : await look(ports, job, nodes.filter(isThere));
    if (answer.kind === 'missing') {
      const replaced = await replace(ports, job, nodes, answer.nodes);
      if (replaced.kind !== 'replaced') return replaced;
      ({ nodes } = replaced);
    } else if (answer.kind !== 'pending' || ports.clock.now() - startedAtMs >= budgetMs) {
      return answer;
    }
    await ports.pause(ports.deployment.intervals.nodePoll * 1000);
  }
  return { kind: 'error', reason: { code: 'JobGone', message: 'The job has no record any more.' } };
}

const isThere = (node: Node): boolean => node.goneAtMs === undefined;

interface Replaced {
  readonly kind: 'replaced';
  readonly nodes: readonly Node[];
}

type Look = TaskAnswer | { readonly kind: 'missing'; readonly nodes: readonly Node[] };

async function look(ports: AwaitPorts, job: Job, nodes: readonly Node[]): Promise<Look> {
  const online = await ports.commands.online(job.jobId, job.attempt);
  const waitingFor = nodes.filter((node) => !online.has(node.instanceId));
  const nowMs = ports.clock.now();
  if (waitingFor.length === 0) {
    await recordEvents(ports, job, [{ type: 'NodesOnline', message: `all ${nodes.length} nodes take commands` }]);
    return { kind: 'online' };
  }
  if (nowMs >= ttlDeadline(job)) return { kind: 'timedOut', reason: ttlReason(job) };
  const late = waitingFor.filter((node) => nowMs - node.launchedAtMs >= ports.deployment.intervals.nodeOnlineTimeout * 1000);
  return late.length === 0 ? { kind: 'pending' } : { kind: 'missing', nodes: late };
}

async function replace(ports: AwaitPorts, job: Job, nodes: readonly Node[], late: readonly Node[]): Promise<TaskAnswer | Replaced> {
  const names = nameNodes(late);
  const launches = await ports.attempts.launches(job.jobId, job.attempt);
  const replacements = launches.filter((launch) => launch.replaces !== undefined).length;
  if (replacements >= ports.deployment.limits.maxReplacementsPerAttempt) {
    return { kind: 'failed', reason: { code: 'NodeNeverCameUp', message: `${names} did not come up, and ${replacements} replacements have been tried.` } };
  }
  const request: GangRequest = gangRequest(job, await manifestOf(ports.manifests, job));
  const result = await ports.capacity.replace(request, late);
  if (result.kind !== 'acquired') {
    return { kind: 'failed', reason: { code: 'NodeNeverCameUp', message: `${names} did not come up and could not be replaced: ${result.kind}.` } };
  }
  const fresh = new Map(result.nodes.map((node) => [node.rank, node]));
  const inPlace = nodes.filter(isThere).map((node) => fresh.get(node.rank) ?? node);
  const nowMs = ports.clock.now();
  const replaced = late.map((node) => ({ ...node, goneAtMs: nowMs }));
  // What was replaced was paid for.
  const all = [...inPlace, ...nodes.filter((node) => !isThere(node)), ...replaced];
  await ports.attempts.putNodes(job.jobId, job.attempt, all);
  // One entry for all: a change takes a hundred writes, and a thousand nodes may be late together.
  const message = `${names} did not come up in ${ports.deployment.intervals.nodeOnlineTimeout} s; in their place: ${nameNodes(result.nodes)}`;
  await recordEvents(ports, job, [{ type: 'NodeReplaced', message, data: { nodes: result.nodes.length } }]);
  return { kind: 'replaced', nodes: all };
}
