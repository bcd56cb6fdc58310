import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { endpointEnvironment } from './environment-file.ts';
import { python, packageBinary, repositoryRoot, searchPath } from './paths.ts';
import { isRunning, logTail, startDetached, type DetachedProcess } from './processes.ts';

/** Where the two servers of a local cloud listen, and where they keep what they write. */
export interface Site {
  readonly dir: string;
  readonly port: number;
  readonly fleetPort: number;
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
}

const startTimeoutMs = 60_000;
const pollMs = 50;

export function endpointOf(site: Site): string {
  return `http://127.0.0.1:${site.port}`;
}

export function fleetUrlOf(site: Site): string {
  return `http://127.0.0.1:${site.fleetPort}`;
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
    environment: { ...minimalEnvironment(site), ...endpointEnvironment(endpointOf(site), fleetUrlOf(site)) },
    logFile: join(site.dir, 'ministack.log'),
  });
}

/** Starts the fleet simulator; it finds the instances of an earlier process in its state directory. */
export function startFleet(site: Site, options: FleetOptions): Promise<DetachedProcess> {
  return startDetached({
    name: 'fleet',
    command: packageBinary('node'),
    arguments: [
      join(repositoryRoot, 'local', 'fleet', 'main.ts'),
      '--port', String(site.fleetPort),
      '--state', fleetDirectory(site),
      '--upstream', endpointOf(site),
      ...(options.scenario === undefined ? [] : ['--scenario', options.scenario]),
      ...(options.speed === undefined ? [] : ['--speed', String(options.speed)]),
      ...(options.hosts === undefined ? [] : ['--hosts', options.hosts]),
      ...(options.hostRoot === undefined ? [] : ['--host-root', options.hostRoot]),
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
 * @throws with the end of its log when it ends instead, or when it takes longer than a minute.
 */
export async function waitUntilHealthy(process: DetachedProcess, url: string): Promise<void> {
  const deadline = Date.now() + startTimeoutMs;
  while (!await answers(url)) {
    if (!isRunning(process)) throw new Error(`${process.name} ended while it started:\n${logTail(process)}`);
    if (Date.now() > deadline) throw new Error(`${process.name} does not answer ${url}:\n${logTail(process)}`);
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
