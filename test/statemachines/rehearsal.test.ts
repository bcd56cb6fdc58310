import { beforeEach, describe, expect, it } from '@jest/globals';
import { GangAcquirer } from '../../core/capacity/gang-acquirer.ts';
import { NothingKnown } from '../../core/capacity/nothing-known.ts';
import { DEFAULT_PROVIDER, ProviderRegistry } from '../../core/capacity/provider-registry.ts';
import type { SimulatedCapacity } from '../../core/deployment/deployment.ts';
import type { InstanceId, JobId } from '../../core/job/ids.ts';
import { requestCancel } from '../../core/lifecycle/request.ts';
import { CommandRegistry } from '../../core/runtimes/command-registry.ts';
import { asItsVariablesSay } from '../../lambdas/adapters/simulated/rehearsal.ts';
import { SimulatedCatalogue } from '../../lambdas/adapters/simulated/simulated-catalogue.ts';
import { isCommandId, isMachineId } from '../../lambdas/adapters/simulated/simulated-ids.ts';
import { SimulatedMachines } from '../../lambdas/adapters/simulated/simulated-machines.ts';
import { SimulatedNodeCommands } from '../../lambdas/adapters/simulated/simulated-node-commands.ts';
import { reconcile } from '../../lambdas/lifecycle/reconcile/reconcile.ts';
import { silentLog, someFacts } from '../builders/capacity.ts';
import { InMemoryCooldownStore } from '../fakes/in-memory-cooldown-store.ts';
import { InMemoryInstanceCatalogue } from '../fakes/in-memory-instance-catalogue.ts';
import { InMemorySimulatedRecords } from '../fakes/in-memory-simulated-records.ts';
import { InMemoryTable } from '../fakes/in-memory-table.ts';
import { InMemoryWorld } from './in-memory-world.ts';
import { aManifest } from './manifests.ts';
import { statesOf } from './laws.ts';
import { hanging } from './step-ends.ts';

/** The whole orchestrator with two clouds: the one in memory stands for AWS. */
class TwoClouds extends InMemoryWorld {
  readonly records = new InMemorySimulatedRecords();
  readonly rules: SimulatedCapacity[] = [];
  /** Whether the deployment has the second cloud, only has had it, or does not know it. */
  rehearsals: 'offered' | 'withdrawn' | 'unknown' = 'offered';
  readonly #simulated: GangAcquirer;
  readonly #commands: CommandRegistry;

  constructor() {
    super();
    const { records, clock } = this;
    const settings = { capacity: this.rules, usdPerHour: { 'm6i.large': 0.1 } };
    const types = new InMemoryInstanceCatalogue(['m6i.large', 'c6i.large'].map((type) => someFacts(type)));
    this.#simulated = new GangAcquirer({
      machines: new SimulatedMachines({ records, settings, clock }), attempts: this.parts.stores.attempts, cooldowns: new InMemoryCooldownStore(new InMemoryTable()),
      catalogue: new SimulatedCatalogue(types, settings), knowledge: new NothingKnown('there is nothing to know'), clock, deployment: this.deployment, log: silentLog,
    });
    this.#commands = new CommandRegistry([
      { provider: DEFAULT_PROVIDER, commands: this.commands, ownsInstance: (id) => !isMachineId(id), ownsCommand: (id) => !isCommandId(id) },
      { provider: 'simulated', commands: new SimulatedNodeCommands({ records, rehearsal: asItsVariablesSay, clock }), ownsInstance: isMachineId, ownsCommand: isCommandId },
    ]);
  }

  override get ports() {
    const aws = { name: DEFAULT_PROVIDER, capacity: this.parts.capacity, owns: (id: InstanceId) => !isMachineId(id) };
    const simulated = { name: 'simulated', capacity: this.#simulated, owns: isMachineId, offered: this.rehearsals === 'offered' };
    return { ...super.ports, capacity: new ProviderRegistry(this.rehearsals === 'unknown' ? [aws] : [aws, simulated]), commands: this.#commands };
  }

  async simulatedMachines(): Promise<number> {
    return (await this.records.list()).flatMap(({ machines }) => machines).filter(({ goneAtMs }) => goneAtMs === undefined).length;
  }

  said(id: JobId, type: string): readonly string[] {
    return this.history(id).filter((event) => event.type === type).map(({ message }) => message);
  }
}

const rehearsed = (manifest: string): string => manifest.replace('placement: { region', 'placement: { provider: simulated, region');
const hooks = (train: string): string => `  hooks:
    onConfigure: [{ name: install, script: "false" }]
    onRun: [{ name: train, script: "false", env: { ${train} } }]
    onPostRun: [{ name: upload, script: "false" }]`;

let world: TwoClouds;

beforeEach(() => {
  world = new TwoClouds();
});

describe('a rehearsal', () => {
  it.each([['None', 6], ['Slurm', 7]] as const)('goes through the whole life of a job of runtime %s, launches nothing elsewhere and says that nothing ran', async (runtime, steps) => {
    const id = await world.submit(rehearsed(aManifest({ runtime })), 'job-a');
    await world.live();
    expect(statesOf(world, id)).toEqual(['PENDING', 'ACQUIRING_CAPACITY', 'CONFIGURING', 'RUNNING', 'SUCCEEDED', 'POST_RUN', 'DESTROYING', 'DONE']);
    expect(world.job(id)).toMatchObject({ provider: 'simulated', outcome: 'SUCCEEDED', exitCode: 0 });
    expect(world.capacity.machines.launches).toEqual([]);
    expect(world.commands.sent).toEqual([]);
    expect(await world.simulatedMachines()).toBe(0);
    expect(world.said(id, 'JobSubmitted')).toEqual(['submitted by ada for machines of provider simulated']);
    expect(world.said(id, 'CapacityAcquired')).toEqual([expect.stringMatching(/^3 nodes of provider simulated in us-east-1/)]);
    expect(world.history(id).every(({ provider }) => provider === 'simulated')).toBe(true);
    const ends = world.said(id, 'StepFinished');
    expect(ends).toHaveLength(steps);
    expect(ends.every((message) => message.endsWith('exited with 0 (simulated: nothing ran)'))).toBe(true);
  });

  it('is over without a look of the reconciler at its steps', async () => {
    const id = await world.submit(rehearsed(aManifest()), 'job-a');
    await world.pass(1000);
    await world.schedule();
    expect(world.job(id)).toMatchObject({ state: 'DONE', outcome: 'SUCCEEDED' });
  });

  it('fails where its hook is to fail', async () => {
    const id = await world.submit(rehearsed(aManifest({ hooks: hooks('SIMULATED_EXIT_CODE: "3"') })), 'job-a');
    await world.live();
    expect(statesOf(world, id)).toContain('RUN_FAILED');
    expect(world.job(id)).toMatchObject({ outcome: 'FAILED', exitCode: 3, reason: { message: 'train exited with 3 on head-0: simulated: nothing ran' } });
  });

  it('takes its time where it is to, and is found to have ended', async () => {
    const id = await world.submit(rehearsed(aManifest({ hooks: hooks('SIMULATED_SECONDS: "120"') })), 'job-a');
    await world.tick(5);
    await world.tick(60);
    expect(world.job(id)).toMatchObject({ state: 'RUNNING' });
    await world.live();
    expect(world.job(id)).toMatchObject({ state: 'DONE', outcome: 'SUCCEEDED' });
  });

  it('runs out of time where its hook would take longer than it may', async () => {
    const timed = hooks('SIMULATED_SECONDS: "5000"').replace('name: train,', 'name: train, timeoutSeconds: 60,');
    const id = await world.submit(rehearsed(aManifest({ hooks: timed })), 'job-a');
    await world.live();
    expect(world.job(id)).toMatchObject({
      outcome: 'TIMED_OUT', reason: { code: 'StepTimedOut', message: 'train ran out of time; exit code 124 on head-0: simulated: nothing ran' },
    });
  });

  it('can be cancelled while it runs', async () => {
    const id = await world.submit(rehearsed(aManifest({ hooks: hooks('SIMULATED_SECONDS: "500"') })), 'job-a');
    await world.tick(5);
    await world.ask(id, requestCancel);
    await world.live();
    expect(world.job(id)).toMatchObject({ state: 'DONE', outcome: 'CANCELLED' });
    expect(await world.simulatedMachines()).toBe(0);
  });

  it('waits for capacity as the configuration has it, and holds back no job of another cloud', async () => {
    world.rules.push({ machines: 0 });
    const waiting = await world.submit(rehearsed(aManifest({ more: '  capacity: { timeoutSeconds: 120 }' })), 'job-a');
    await world.tick(5);
    expect(world.said(waiting, 'Parked')).toHaveLength(1);
    const real = await world.submit(aManifest(), 'job-b');
    for (let n = 0; n < 30; n += 1) await world.tick(15);
    expect(world.job(real)).toMatchObject({ state: 'DONE', outcome: 'SUCCEEDED' });
    expect(world.job(waiting)).toMatchObject({ state: 'PROVISIONING_FAILED', outcome: 'NO_CAPACITY' });
  });

  it('is not called gone when nobody is registered for it any more', async () => {
    const id = await world.submit(rehearsed(aManifest({ hooks: hooks('SIMULATED_SECONDS: "500"') })), 'job-a');
    await world.tick(5);
    world.rehearsals = 'unknown';
    await world.ask(id, requestCancel);
    for (let n = 0; n < 10; n += 1) await world.tick(60);
    expect(world.job(id)).toMatchObject({ state: 'DESTRUCTION_FAILED', outcome: 'CANCELLED' });
    expect(await world.simulatedMachines()).toBe(3);
    world.rehearsals = 'offered';
    await world.tick(60);
    expect(world.said(id, 'NodesGone')).toHaveLength(1);
    expect(await world.simulatedMachines()).toBe(0);
  });

  it('comes to its end where the configuration has it no more, and makes no pass of the reconciler fail', async () => {
    const running = await world.submit(rehearsed(aManifest({ hooks: hooks('SIMULATED_SECONDS: "120"') })), 'job-a');
    await world.tick(5);
    const cancelled = await world.submit(rehearsed(aManifest({ hooks: hooks('SIMULATED_SECONDS: "500"') })), 'job-b');
    await world.tick(5);
    world.rehearsals = 'withdrawn';
    await world.ask(cancelled, requestCancel);
    for (let n = 0; n < 20; n += 1) {
      await world.tick(15);
      expect(await reconcile(world.ports)).toMatchObject({ failures: 0 });
    }
    expect(world.job(running)).toMatchObject({ state: 'DONE', outcome: 'SUCCEEDED' });
    expect(world.job(cancelled)).toMatchObject({ state: 'DONE', outcome: 'CANCELLED' });
    expect(await world.simulatedMachines()).toBe(0);
  });

  it('does not begin where the configuration has it no more', async () => {
    const id = await world.submit(rehearsed(aManifest()), 'job-a');
    world.rehearsals = 'withdrawn';
    await world.live();
    expect(world.job(id)).toMatchObject({
      state: 'PROVISIONING_FAILED',
      outcome: 'FAILED',
      reason: { code: 'LaunchRejected', message: 'provider simulated refused the launch: ProviderNotOffered: this deployment has no machines of provider simulated any more' },
    });
    expect(await world.simulatedMachines()).toBe(0);
  });

  it('loses no node, and hides no lost node of another cloud, while nobody can say which machines its own has', async () => {
    world.commands.endOf = hanging('train');
    const real = await world.submit(aManifest(), 'job-b');
    const id = await world.submit(rehearsed(aManifest({ hooks: hooks('SIMULATED_SECONDS: "5000"') })), 'job-a');
    for (let n = 0; n < 10; n += 1) await world.tick(15);
    world.records.list = () => Promise.reject(new Error('down'));
    await world.lose(world.node(real, 1), false);
    await expect(reconcile(world.ports)).rejects.toMatchObject({ cause: { errors: [expect.objectContaining({ message: 'down' })] } });
    for (let n = 0; n < 5; n += 1) await world.tick(15);
    expect(world.job(real)).toMatchObject({ outcome: 'INTERRUPTED' });
    expect(world.job(id)).toMatchObject({ state: 'RUNNING' });
  });

  it('is not waited for by what is short in another cloud', async () => {
    for (const zone of ['us-east-1a', 'us-east-1b', 'us-east-1c']) world.stock(zone, 0);
    const real = await world.submit(aManifest(), 'job-b');
    await world.tick(5);
    const id = await world.submit(rehearsed(aManifest()), 'job-a');
    await world.tick(1);
    expect(world.job(id)).toMatchObject({ state: 'DONE', outcome: 'SUCCEEDED' });
    expect(world.job(real)).toMatchObject({ state: 'ACQUIRING_CAPACITY' });
  });
});
