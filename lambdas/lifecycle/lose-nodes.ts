import type { ProviderInstance } from '../../core/capacity/gang.ts';
import { DEFAULT_PROVIDER } from '../../core/capacity/provider-registry.ts';
import { coolReclaimed, type ReclaimCode } from '../../core/capacity/reclaimed.ts';
import { cooldownPolicy } from '../../core/capacity/launcher.ts';
import type { Offering } from '../../core/capacity/offering.ts';
import type { Deployment } from '../../core/deployment/deployment.ts';
import type { Job, Node } from '../../core/job/job.ts';
import { lossAnswer } from '../../core/lifecycle/node-loss.ts';
import type { Wait } from '../../core/lifecycle/wait.ts';
import type { CooldownStore } from '../../core/ports/capacity-provider.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { TaskTokens } from '../../core/ports/executions.ts';
import type { ManifestStore } from '../../core/ports/manifest-store.ts';
import type { NodeLossVerdict } from '../../core/ports/runtime.ts';
import { runtimeOf } from '../../core/runtimes/runtime-for.ts';
import { recordEvents, type JobPorts } from './current-job.ts';
import { manifestOf } from './job-manifest.ts';

export interface CoolingPorts {
  readonly cooldowns: CooldownStore;
  readonly clock: Clock;
  readonly deployment: Deployment;
}

export interface LossPorts extends JobPorts, CoolingPorts {
  readonly manifests: ManifestStore;
  readonly tokens: TaskTokens;
}

/** A thousand nodes may be lost together. */
const mostRanks = 40;

/** What the runtime of a job makes of the loss of nodes, one verdict for each. */
export async function verdictsOn(ports: { readonly manifests: ManifestStore }, job: Job, lost: readonly Node[]): Promise<readonly NodeLossVerdict[]> {
  const manifest = await manifestOf(ports.manifests, job);
  const runtime = runtimeOf(job, manifest);
  return lost.map((node) => runtime.nodeLost({ manifest }, node));
}

/**
 * Tells whoever waits that nodes are lost, and writes it down if it was news: the first to see it is heard, the others
 * find that nobody waits any more. Where they were taken back is to be known before, since it is the answer that has
 * others launched: see `coolLost`.
 */
export async function loseNodes(ports: LossPorts, job: Job, wait: Wait, lost: readonly Node[]): Promise<boolean> {
  const answer = lossAnswer(job, lost, await verdictsOn(ports, job, lost));
  if ((await ports.tokens.answer(wait.token, answer)) === 'gone') return false;
  const follows = answer.kind === 'replace' ? 'New nodes are to take their place.' : 'The attempt ends.';
  const data = { nodes: lost.length, ranks: lost.slice(0, mostRanks).map(({ rank }) => rank), answer: answer.kind };
  await recordEvents(ports, job, [{ type: 'NodeLost', message: `${answer.reason?.message ?? ''} ${follows}`, data }]);
  return true;
}

/** Cools the offerings of lost nodes, but for those that somebody told to go, and those of clouds that take nothing back. */
export async function coolLost(ports: CoolingPorts, { provider = DEFAULT_PROVIDER }: Job, lost: readonly Node[], instances: readonly ProviderInstance[]): Promise<void> {
  if (provider !== DEFAULT_PROVIDER) return;
  const told = new Set(instances.filter(({ endedByCall }) => endedByCall).map(({ instanceId }) => instanceId));
  await coolOfferings(ports, lost.filter(({ instanceId }) => !told.has(instanceId)), 'SpotReclaimed');
}

/** Has others, and the job's own next launch, try elsewhere for a while than where machines were taken back. */
export async function coolOfferings({ cooldowns, clock, deployment }: CoolingPorts, offerings: readonly Offering[], code: ReclaimCode): Promise<void> {
  if (offerings.every(({ market }) => market !== 'spot')) return;
  const nowMs = clock.now();
  const cooling = coolReclaimed(offerings, code, await cooldowns.recent(nowMs), cooldownPolicy(deployment), nowMs);
  if (cooling.length > 0) await cooldowns.record(cooling);
}
