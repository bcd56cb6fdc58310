import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { collectorCommand } from './collector/rotel.ts';
import { endpointEnvironment } from './environment-file.ts';
import { python, packageBinary, repositoryRoot, searchPath } from './paths.ts';
import { releasesIn, type LocalRelease } from './slurm/releases.ts';
import { isRunning, logTail, startDetached, type DetachedProcess } from './processes.ts';

/** Where the servers of a local cloud listen, and where they keep what they write. */
export interface Site {
  readonly dir: string;
  readonly port: number;
  readonly fleetPort: number;
  /** Of the collector of OpenTelemetry. Absent: there is none for this Python. */
  readonly collectorPort?: number;
  /**
   * Holds the code of running functions. Outside the checkout, where Node would find packages that a function did
   * not bring, and a package.json that changes the meaning of its files.
   */
  readonly temporary: string;
}

export interface FleetOptions {
  /** A scenario file of the market; the simulator's own default when left out. */
  readonly scenario?: string;
  /** How many times faster than the wall the fleet's time runs. */
  readonly speed?: number;
  /** What instances are: processes when left out, or `namespaces`, with a network of their own (Linux, tini). */
  readonly hosts?: string;
  /** The root that the hosts' own are laid over; the machine's when left out. */
  readonly hostRoot?: string;
  /** Further roots with a Slurm of their own: the hosts of its jobs are laid over them. */
  readonly slurmRoots?: readonly string[];
}

const startTimeoutMs = 60_000;
const pollMs = 50;

export function endpointOf(site: Site): string {
  return `http://127.0.0.1:${site.port}`;
}

export function fleetUrlOf(site: Site): string {
  return `http://127.0.0.1:${site.fleetPort}`;
}

/** Where functions and nodes send traces; undefined where there is no collector. */
export function collectorUrlOf({ collectorPort }: Pick<Site, 'collectorPort'>): string | undefined {
  return collectorPort === undefined ? undefined : `http://127.0.0.1:${collectorPort}`;
}

/** What the collector received, which `receivedSpans` reads. */
export function collectorLog(site: Pick<Site, 'dir'>): string {
  return join(site.dir, 'collector.log');
}

/** Starts the collector of OpenTelemetry; it writes what it receives into its log. */
export function startCollector(site: Site, port: number): Promise<DetachedProcess> {
  return startDetached({
    name: 'collector',
    ...collectorCommand(port),
    directory: repositoryRoot,
    environment: minimalEnvironment(site),
    logFile: collectorLog(site),
  });
}

/** Starts MiniStack; it keeps its state in memory. Functions inherit its environment, so that holds nothing else. */
export function startMiniStack(site: Site): Promise<DetachedProcess> {
  return startDetached({
    name: 'ministack',
    command: python,
    arguments: [
      join(repositoryRoot, 'local', 'ministack', 'launch.py'),
      '--port', String(site.port), '--fleet', fleetUrlOf(site),
    ],
    directory: repositoryRoot,
    environment: { ...minimalEnvironment(site), ...endpointEnvironment(endpointOf(site), fleetUrlOf(site)), ...exporterEnvironment(site) },
    logFile: join(site.dir, 'ministack.log'),
  });
}

/** The releases of Slurm that jobs on such a fleet can have: processes of one machine cannot be a cluster. */
export function slurmReleases({ hosts, hostRoot = '/', slurmRoots = [] }: FleetOptions): LocalRelease[] {
  return hosts === 'namespaces' ? releasesIn([hostRoot, ...slurmRoots]) : [];
}

/** Starts the fleet simulator; it finds the instances of an earlier process in its state directory. */
export function startFleet(site: Site, options: FleetOptions): Promise<DetachedProcess> {
  const collector = collectorUrlOf(site);
  return startDetached({
    name: 'fleet',
    command: packageBinary('node'),
    arguments: [
      join(repositoryRoot, 'local', 'fleet', 'main.ts'),
      '--port', String(site.fleetPort),
      '--state', fleetDirectory(site),
      '--upstream', endpointOf(site),
      ...(collector === undefined ? [] : ['--collector', collector]),
      ...(options.scenario === undefined ? [] : ['--scenario', options.scenario]),
      ...(options.speed === undefined ? [] : ['--speed', String(options.speed)]),
      ...(options.hosts === undefined ? [] : ['--hosts', options.hosts]),
      ...(options.hostRoot === undefined ? [] : ['--host-root', options.hostRoot]),
      ...slurmReleases(options).flatMap(({ imageId, root }) => ['--image-root', `${imageId}=${root}`]),
    ],
    directory: repositoryRoot,
    environment: minimalEnvironment(site),
    logFile: join(site.dir, 'fleet.log'),
  });
}

export function fleetDirectory(site: Pick<Site, 'dir'>): string {
  return join(site.dir, 'fleet');
}

/**
 * Waits until the process answers the URL.
 *
 * @throws with the end of its log when it ends instead, also where another answers in its place, or when it takes longer than a minute.
 */
export function waitUntilHealthy(process: DetachedProcess, url: string): Promise<void> {
  return waitUntil(process, url, () => answers(url));
}

/** The same, of a process that says otherwise that it is there. */
export async function waitUntil(process: DetachedProcess, what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + startTimeoutMs;
  for (;;) {
    const isThere = await holds();
    if (!isRunning(process)) throw new Error(`${process.name} ended while it started:\n${logTail(process)}`);
    if (isThere) return;
    if (Date.now() > deadline) throw new Error(`${process.name} does not answer ${what}:\n${logTail(process)}`);
    await delay(pollMs);
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

/** Where nobody listens. */
const NOWHERE = 'http://127.0.0.1:9';

/**
 * As on AWS where a deployment names an endpoint. Functions of a cloud without a collector must not send what they do to the real
 * CloudWatch, which they would without an endpoint: they are refused, and count their spans as dropped.
 */
function exporterEnvironment(site: Site): Record<string, string> {
  return { OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrlOf(site) ?? NOWHERE };
}

/** Nothing of the caller's own AWS configuration or Node options reaches the functions. */
function minimalEnvironment(site: Site): NodeJS.ProcessEnv {
  return {
    PATH: searchPath(),
    HOME: site.temporary,
    TMPDIR: site.temporary,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
  };
}
