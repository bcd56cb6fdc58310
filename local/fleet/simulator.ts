import type { Server } from 'node:http';
import { join } from 'node:path';

import { systemClock } from './clock.ts';
import type { FleetClock } from './clock.ts';
import type { Cloud } from './cloud/cloud.ts';
import type { FleetContext } from './context.ts';
import { EventBus } from './events/bus.ts';
import { Faults } from './faults.ts';
import type { Fault } from './faults.ts';
import type { Authorizer } from './http/authorizer.ts';
import { Control } from './http/control.ts';
import { MetadataService } from './http/imds.ts';
import { listen } from './http/listen.ts';
import { fleetServer } from './http/server.ts';
import { Services } from './http/services.ts';
import type { InstanceDriver } from './instances/driver.ts';
import { InstanceLifecycle } from './instances/lifecycle.ts';
import { nodeRequests } from './instances/node-requests.ts';
import { ProcessMachine } from './instances/process-machine.ts';
import { Reclaimer } from './market/reclaim.ts';
import { RunningMarket } from './market/running-market.ts';
import type { MarketRecord } from './market/running-market.ts';
import type { Scenario } from './market/scenario.ts';
import { TokenBucket } from './market/token-bucket.ts';
import type { FleetCall, Instance, PlacementGroup } from './model.ts';
import { CommandCentre } from './ssm/command-centre.ts';
import type { Command, Invocation } from './ssm/command.ts';
import type { DocumentRecord } from './ssm/document-record.ts';
import { ProcessAgent } from './ssm/process-agent.ts';
import { JournalStore } from './store.ts';

/** How a simulator is set up. */
export interface SimulatorOptions {
  /** On 127.0.0.1; 0 for any free one. */
  readonly port: number;
  /** A folder of its own: the journal. */
  readonly stateDirectory: string;
  readonly scenario: Scenario;
  /** How much faster than the wall the fleet's time runs. */
  readonly speed: number;
  readonly cloud: Cloud;
  readonly authorizer: Authorizer;
  readonly driver: InstanceDriver;
  /** The rest of the cloud, for what is not simulated and for programs on instances. */
  readonly upstream?: string | undefined;
  /** A collector of OpenTelemetry on this machine, which instances reach. */
  readonly collector?: string | undefined;
}

/** A simulator that runs. */
export interface Simulator {
  readonly url: string;
  readonly context: FleetContext;
  /** Stops serving and leaves the instances as they are, like a kill that closes its files. */
  pause(): Promise<void>;
  /** Ends every process of every instance and stops. */
  close(): Promise<void>;
}

/** Starts a simulator; it goes on with the instances, commands and market that its state folder holds. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const store = new JournalStore(join(options.stateDirectory, 'journal'));
  const clock = systemClock(options.speed);
  const parts = assemble(options, store, clock);
  const { context, metadata, reclaimer } = parts;
  const reset = async () => {
    context.lifecycle.pause();
    context.commands.pause();
    await parts.machine.killAll();
    await Promise.all(context.instances.values().map((instance) => parts.machine.destroy(instance)));
    store.clear();
    context.market.reopen(options.scenario);
    context.lifecycle.resume();
    context.commands.resume();
  };
  const facts = {
    isolation: options.driver.isolation,
    isolationNote: options.driver.isolationNote,
    speed: options.speed,
  };
  const server = fleetServer({
    services: new Services(context, options.authorizer),
    control: new Control({ context, facts, reset }),
    upstream: options.upstream,
  });
  await listen(server, options.port);
  const url = urlOf(server);
  parts.address.url = url;
  context.market.onChange(() => reclaimer.watch());
  reclaimer.watch();
  context.lifecycle.resume();
  context.commands.resume();
  const pause = async () => {
    reclaimer.stop();
    context.lifecycle.pause();
    context.commands.pause();
    metadata.closeAll();
    await stopListening(server);
  };
  return {
    url,
    context,
    pause,
    close: async () => {
      await pause();
      await parts.machine.killAll();
    },
  };
}

function assemble(options: SimulatorOptions, store: JournalStore, clock: FleetClock) {
  const { cloud, driver } = options;
  const instances = store.collection<Instance>('instance');
  const faults = new Faults(store.collection<Fault>('fault'), clock);
  const events = new EventBus(cloud, faults);
  const market = new RunningMarket(store.collection<MarketRecord>('market'), clock, options.scenario);
  const address = { url: '' };
  const environmentOf = (instance: Instance) => instanceEnvironment(instance, address.url, options);
  const metadata: MetadataService = new MetadataService({
    instances,
    cloud,
    nowMs: () => clock.nowMs(),
    serveNode: nodeRequests({ instances, driver, lifecycle: () => lifecycle }),
  });
  const machine = new ProcessMachine({
    driver,
    metadata,
    instances,
    environmentOf,
    onAgentChange: (id) => commands.instanceChanged(id),
    onFailure: (id) => void lifecycle.end(id, 'host'),
  });
  const lifecycle: InstanceLifecycle = new InstanceLifecycle({ instances, clock, market, faults, events, machine });
  const commands: CommandCentre = new CommandCentre({
    commands: store.collection<Command>('command'),
    invocations: store.collection<Invocation>('invocation'),
    agent: new ProcessAgent({ driver, instances, clock, environmentOf }),
    invisibleMs: () => market.scenario.visibility.invocationMs,
    instances,
    events,
    faults,
    clock,
  });
  const context: FleetContext = {
    clock,
    cloud,
    market,
    faults,
    events,
    lifecycle,
    instances,
    commands,
    fleetCalls: store.collection<FleetCall>('fleet-call'),
    scoreQuestions: store.collection<number>('score-question'),
    placementGroups: store.collection<PlacementGroup>('placement-group'),
    documents: store.collection<DocumentRecord>('document'),
    launchTokens: new TokenBucket(market.scenario.launchTokens, clock.nowMs()),
  };
  const reclaimer = new Reclaimer({ market, instances, clock, interrupt: (id) => lifecycle.interrupt(id) });
  return { context, metadata, machine, reclaimer, address };
}

/** What an instance's programs find in their environment: where the cloud is, as SDKs read it. */
function instanceEnvironment(
  instance: Instance, fleetUrl: string, { upstream, collector }: Pick<SimulatorOptions, 'upstream' | 'collector'>,
): Record<string, string> {
  return {
    AWS_REGION: instance.region,
    AWS_DEFAULT_REGION: instance.region,
    AWS_ENDPOINT_URL: upstream ?? fleetUrl,
    AWS_ENDPOINT_URL_EC2: fleetUrl,
    AWS_ENDPOINT_URL_SSM: fleetUrl,
    AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://127.0.0.1:${instance.imdsPort ?? 0}`,
    // In CloudWatch's place for the collectors of instances. What is named here can be reached from hosts, which have a loopback of their own.
    ...(collector === undefined ? {} : { FLEET_COLLECTOR: collector }),
  };
}

function urlOf(server: Server): string {
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

function stopListening(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
