import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { administrator } from './cdk.ts';
import { receivedSpans, type ReceivedSpan } from './collector/received.ts';
import { hasCollector } from './collector/rotel.ts';
import { bootstrapAccount, deployAssembly } from './deployment.ts';
import { environmentFile, localOutputs, region, type Credentials } from './environment-file.ts';
import { repositoryRoot } from './paths.ts';
import { readConfiguration } from '../lib/configuration/load.ts';
import { requestStop } from './processes.ts';
import { readRecord, writeRecord, type CloudRecord } from './record.ts';
import { createApiUser } from './api-user.ts';
import { ensureServers, restartFleet, serverNamed, stopServers } from './servers.ts';
import { collectorLog, endpointOf, fleetUrlOf, slurmReleases, type FleetOptions } from './services.ts';
import { publishReleases } from './slurm/releases.ts';
import { productApp, synthesize, type CdkApp } from './synthesis.ts';

export interface LocalCloudOptions extends FleetOptions {
  /** Everything that this cloud writes is in here; clouds with different directories do not meet. */
  readonly dir: string;
  /** Port of the endpoint: 0 for any free one; 4566 if it is free, else any, when left out. */
  readonly port?: number;
  /** The deployment's configuration file, relative to the checkout, which the app reads on AWS in the same way. */
  readonly config?: string;
  /** Another CDK app than the product's; `false` deploys nothing. */
  readonly app?: CdkApp | false;
  /** Told about each phase and the time that it took. */
  readonly log?: (line: string) => void;
}

/** A local cloud that runs, with the stack deployed. */
export interface LocalCloud {
  readonly endpoint: string;
  readonly fleetUrl: string;
  /** Outputs of the stack by name, REST APIs at their local address. */
  readonly outputs: Readonly<Record<string, string>>;
  /** The releases of Slurm that jobs may ask for; none unless instances are hosts and the machine has Slurm. */
  readonly slurm: readonly string[];
  /** An IAM user that may call the API and nothing else; the administrator when nothing is deployed. */
  readonly credentials: Credentials;
  /** The account's root. */
  readonly administrator: Credentials;
  /** The spans that the collector has received; undefined where the cloud has none. */
  received(): readonly ReceivedSpan[] | undefined;
  /** Deploys again: what `options` changes, such as another configuration. */
  deploy(options: Pick<LocalCloudOptions, 'config' | 'app'>): Promise<void>;
  /** Starts the fleet simulator again after a test killed it. */
  restartFleet(): Promise<void>;
  /** Process id of the fleet simulator. */
  fleetPid(): number;
  /** Ends every process and instance. May be called again. */
  stop(): Promise<void>;
}

/**
 * Starts a local cloud and deploys into it. It ends with this process at the latest, also on Ctrl-C.
 *
 * @throws when a server does not start or the deployment fails; nothing runs then.
 */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const dir = resolve(options.dir);
  const release = endWithThisProcess(dir);
  const stop = async () => {
    await stopServers(dir);
    release();
  };
  try {
    const record = await bringUp(options);
    return {
      endpoint: endpointOf(record.site),
      fleetUrl: fleetUrlOf(record.site),
      outputs: record.outputs,
      slurm: record.slurm ?? [],
      credentials: record.credentials ?? administrator,
      administrator,
      received: () => (record.site.collectorPort === undefined ? undefined : receivedSpans(readFileSync(collectorLog(record.site), 'utf8'))),
      deploy: async (changes) => { await bringUp({ ...options, ...changes }); },
      restartFleet: async () => { await restartFleet(recordOf(dir), options); },
      fleetPid: () => serverNamed(recordOf(dir), 'fleet')?.pid ?? 0,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Brings the cloud of a directory to the state that the options ask for: starts what does not run, deploys what
 * changed. It outlives this process.
 */
export async function bringUp(options: LocalCloudOptions): Promise<CloudRecord> {
  const dir = resolve(options.dir);
  const log = options.log ?? (() => undefined);
  const timed = phaseTimer(log);
  const app = options.app ?? productApp(options.config);
  const servers = await timed('servers up', () => ensureServers(dir, options.port, options));
  if (!hasCollector()) log('no collector of OpenTelemetry: rotel has no package for this Python yet (3.13 and before have one)');
  if (app === false) return finish(servers);
  const [assembly, account] = await Promise.all([
    timed('synthesized', () => synthesize(app, endpointOf(servers.site))),
    servers.bootstrapped ? servers : bootstrap(servers, timed),
  ]);
  return finish(await offerSlurm(await deploy(account, assembly, timed), options));
}

/** Puts the releases of Slurm that the fleet's hosts have into the deployment's catalogue. */
async function offerSlurm(record: CloudRecord, options: LocalCloudOptions): Promise<CloudRecord> {
  const releases = slurmReleases(options);
  if (releases.length === 0) return record;
  const config = options.config === undefined ? undefined : resolve(repositoryRoot, options.config);
  await publishReleases(endpointOf(record.site), readConfiguration(config, region).name, releases);
  return { ...record, slurm: releases.map(({ version }) => version) };
}

async function bootstrap(record: CloudRecord, timed: PhaseTimer): Promise<CloudRecord> {
  await timed('account bootstrapped', () => bootstrapAccount(endpointOf(record.site), record.site.dir));
  const bootstrapped = { ...record, bootstrapped: true };
  writeRecord(bootstrapped);
  return bootstrapped;
}

async function deploy(record: CloudRecord, assembly: string, timed: PhaseTimer): Promise<CloudRecord> {
  if (record.assembly === assembly) return record;
  const endpoint = endpointOf(record.site);
  const stacks = await timed('deployed', () =>
    deployAssembly(endpoint, assembly, join(record.site.dir, 'stack-outputs.json')));
  return {
    ...record,
    assembly,
    outputs: localOutputs(stacks, endpoint),
    credentials: record.credentials ?? await createApiUser(endpoint, 'researcher'),
  };
}

/** Writes down what the cloud is now, for the next command and for the user's shell. */
function finish(record: CloudRecord): CloudRecord {
  const { site, outputs, credentials = administrator } = record;
  writeRecord(record);
  mkdirSync(site.dir, { recursive: true });
  writeFileSync(join(site.dir, 'outputs.json'), `${JSON.stringify(outputs, undefined, 2)}\n`);
  writeFileSync(join(site.dir, 'env'), environmentFile({
    endpoint: endpointOf(site), fleetUrl: fleetUrlOf(site), outputs, credentials,
  }), { mode: 0o600 });
  return record;
}

type PhaseTimer = <T>(done: string, run: () => Promise<T>) => Promise<T>;

function phaseTimer(log: (line: string) => void): PhaseTimer {
  return async (done, run) => {
    const began = performance.now();
    const result = await run();
    log(`${done} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
    return result;
  };
}

/** Ends the directory's cloud when this process ends, however it does; the answer takes that back. */
function endWithThisProcess(dir: string): () => void {
  const onExit = () => readRecord(dir)?.processes.forEach(requestStop);
  const onSignal = (signal: NodeJS.Signals) => {
    void stopServers(dir).finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  };
  process.on('exit', onExit).on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return () => { process.off('exit', onExit).off('SIGINT', onSignal).off('SIGTERM', onSignal); };
}

function recordOf(dir: string): CloudRecord {
  const record = readRecord(dir);
  if (record === undefined) throw new Error(`No local cloud in ${dir}.`);
  return record;
}
