import { startupSnapshot } from 'node:v8';
import { EC2Client } from '@aws-sdk/client-ec2';
import type { AcquireResult, ReleaseResult } from '../../../../core/capacity/gang.ts';
import { VersionConflictError } from '../../../../core/errors/orchestrator-error.ts';
import type { Interrupted } from '../../../../core/ports/capacity-provider.ts';
import { Ec2CapacityProvider } from '../../../../lambdas/adapters/ec2/ec2-capacity-provider.ts';
import { SystemClock } from '../../../../lambdas/runtime/clock.ts';
import { silentLog, someFacts } from '../../../builders/capacity.ts';
import { InMemoryInstanceCatalogue } from '../../../fakes/in-memory-instance-catalogue.ts';
import { InMemoryMarketKnowledge } from '../../../fakes/in-memory-market-knowledge.ts';
import { DeathWatch } from './death-watch.ts';
import type { Phase } from './phases.ts';
import { watchCalls } from './watch-calls.ts';
import { WatchedAttemptStore, WatchedCooldownStore, type Ask } from './watched-ports.ts';
import type { FromWorker, Surroundings, ToWorker, Work } from './work.ts';

/**
 * A process that acquires and releases as a function of the product does: its provider is the real one, its stores are
 * the parent's, since they outlive it. It takes one order after the other until it is killed.
 */
function main(): void {
  const waiting = new Map<number, { readonly answer: (json: string) => void; readonly refuse: (error: Error) => void }>();
  let asked = 0;
  const ask: Ask = async (method, ...args) => {
    const id = ++asked;
    const answer = new Promise<string>((resolve, reject) => waiting.set(id, { answer: resolve, refuse: reject }));
    // The method and its arguments belong together, which the type of a call cannot be told here.
    tell({ kind: 'call', id, call: { method, args } as never });
    return JSON.parse(await answer);
  };
  process.on('message', (message: ToWorker) => {
    switch (message.kind) {
      case 'answer':
        waiting.get(message.id)?.answer(message.json ?? 'null');
        return;
      case 'conflict':
        waiting.get(message.id)?.refuse(new VersionConflictError(message.message, {}));
        return;
      case 'work':
        void carryOut(message, ask);
    }
  });
  process.on('disconnect', () => process.exit());
}

function tell(message: FromWorker): void {
  process.send?.(message);
}

async function carryOut({ surroundings, work, death }: Extract<ToWorker, { kind: 'work' }>, ask: Ask): Promise<void> {
  const watch = new DeathWatch(death, work.kind === 'release' ? 'release: before anything is done' : 'before anything is written');
  try {
    const result = await doWork(providerOf(surroundings, work, watch, ask), work, ask);
    watch.end(endOf(result));
    tell({ kind: 'done', result });
  } catch (error) {
    watch.end('failed, and nobody knows');
    tell({ kind: 'failed', error: String(error) });
  }
}

function providerOf({ endpoint, deployment }: Surroundings, work: Work, watch: DeathWatch, ask: Ask): Ec2CapacityProvider {
  const releases = work.kind === 'release';
  const ec2 = new EC2Client({ endpoint, region: deployment.region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 2 });
  watchCalls(ec2, watch, work.kind);
  const types = work.gang.pools.flatMap(({ instanceTypes }) => instanceTypes);
  return new Ec2CapacityProvider({
    ec2,
    attempts: new WatchedAttemptStore(ask, watch, releases),
    cooldowns: new WatchedCooldownStore(ask, watch, releases),
    catalogue: new InMemoryInstanceCatalogue(types.map((type) => someFacts(type, { zones: Object.keys(deployment.subnets), architecture: type.startsWith('c7g') ? 'arm64' : 'x86_64' }))),
    knowledge: new InMemoryMarketKnowledge(),
    clock: new SystemClock(),
    deployment,
    log: silentLog,
  });
}

async function doWork(provider: Ec2CapacityProvider, work: Work, ask: Ask): Promise<AcquireResult | ReleaseResult> {
  const interrupted: Interrupted = async () => (await ask('interrupted')) ?? undefined;
  switch (work.kind) {
    case 'acquire':
      return provider.acquire(work.gang, interrupted);
    case 'replace':
      return provider.replace(work.gang, work.nodes, interrupted);
    case 'release':
      return provider.release(work.gang);
  }
}

function endOf(result: AcquireResult | ReleaseResult): Phase {
  if (!('kind' in result)) return 'release: gone, and nobody knows';
  switch (result.kind) {
    case 'acquired':
      return 'whole, and nobody knows';
    case 'interrupted':
      return 'stopped, and nobody knows';
    case 'short':
    case 'rejected':
    case 'leaked':
      return 'short, and nobody knows';
  }
}

// Loading the client of EC2 takes longer than an acquisition: most of it is done once, before all workers.
if (startupSnapshot.isBuildingSnapshot()) startupSnapshot.setDeserializeMainFunction(main);
else main();
