import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasCollector, takesTraces } from './collector/rotel.ts';
import { heldInstances } from './fleet/instances/holder.ts';
import { freePort, isFree, preferPort } from './ports.ts';
import { isRunning, logTail, stop, type DetachedProcess } from './processes.ts';
import { readRecord, recordFile, writeRecord, type CloudRecord } from './record.ts';
import {
  collectorLog, collectorUrlOf, endpointOf, fleetDirectory, fleetUrlOf, startCollector, startFleet, startMiniStack, waitUntil, waitUntilHealthy,
  type FleetOptions, type Site,
} from './services.ts';

const preferredPort = 4566;
const preferredFleetPort = 4567;
/** The simulator ends all instances, of which there may be many. */
const stopGraceMs = 60_000;
/** A port that was free may be somebody's before a server has it. */
const sitesTried = 3;

/**
 * Makes the servers of the directory's cloud run. A fleet simulator that died comes back with its instances; if
 * MiniStack died, everything begins anew, since it keeps its state in memory.
 *
 * @param port of the endpoint: 0 for any free one, undefined for 4566 if it is free and else any.
 * @throws when the port is taken or a server does not start.
 */
export async function ensureServers(
  dir: string, port: number | undefined, fleetOptions: FleetOptions,
): Promise<CloudRecord> {
  const before = readRecord(dir);
  const ministack = before && serverNamed(before, 'ministack');
  if (before && ministack && isRunning(ministack)) {
    const fleet = serverNamed(before, 'fleet');
    const collected = await restartCollector(before);
    return fleet && isRunning(fleet) ? collected : restartFleet(collected, fleetOptions);
  }
  await stopServers(dir);
  for (let tries = sitesTried; ; tries -= 1) {
    const site = await chooseSite(dir, port);
    try {
      return await startServers(site, fleetOptions);
    } catch (error) {
      if (tries <= 1) throw error;
      await stopServers(dir);
      const areFree = await Promise.all(portsOf(site).map(isFree));
      if (!areFree.includes(false)) throw error;
    }
  }
}

function portsOf({ port, fleetPort, collectorPort }: Site): number[] {
  return [port, fleetPort, ...(collectorPort === undefined ? [] : [collectorPort])];
}

/**
 * Ends the servers, all instances, and removes what they wrote but the logs. False when nothing was there.
 *
 * @param graceMs how long each may take to end by itself.
 * @throws when instances cannot be ended; what is left can be ended by another try.
 */
export async function stopServers(dir: string, graceMs = stopGraceMs): Promise<boolean> {
  const record = readRecord(dir);
  if (record === undefined) return false;
  await endInstancesOfDeadFleet(record);
  for (const process of record.processes) {
    const endedItself = await stop(process, graceMs);
    if (process.name === 'fleet' && !(endedItself && hasNoInstances(record))) await endInstancesOfDeadFleet(record);
  }
  for (const leftover of [fleetDirectory({ dir }), record.site.temporary, join(dir, 'env'), recordFile(dir)]) {
    rmSync(leftover, { recursive: true, force: true });
  }
  return true;
}

/** A simulator that died left its instances running and mounted: it comes back, finds them, and ends them. */
async function endInstancesOfDeadFleet({ site, processes }: CloudRecord): Promise<void> {
  const fleet = processes.find(({ name }) => name === 'fleet');
  if (fleet === undefined || isRunning(fleet) || !existsSync(fleetDirectory(site))) return;
  const elsewhere = { ...site, fleetPort: await freePort() };
  const successor = await startFleet(elsewhere, {});
  await waitForFleet(elsewhere, successor);
  const endedItself = await stop(successor, stopGraceMs);
  if (!endedItself || !hasNoInstances({ site })) throw new Error(`The fleet simulator could not end its instances:\n${logTail(successor)}`);
}

/** A simulator that ends by itself has not for that reason ended all of them: one may have been refused. */
function hasNoInstances({ site }: Pick<CloudRecord, 'site'>): boolean {
  return heldInstances(join(fleetDirectory(site), 'instances')).length === 0;
}

/** Starts the simulator again on the same port, after it ended by itself or by a test. */
export async function restartFleet(before: CloudRecord, options: FleetOptions): Promise<CloudRecord> {
  const fleet = await startFleet(before.site, options);
  const record = { ...before, processes: [fleet, ...before.processes.filter(({ name }) => name !== 'fleet')] };
  writeRecord(record);
  await waitForFleet(before.site, fleet);
  return record;
}

/** Starts the collector again on the same port, where there was one that has ended; what it received before stays in its log. */
export async function restartCollector(before: CloudRecord): Promise<CloudRecord> {
  const ended = serverNamed(before, 'collector');
  if (ended === undefined || isRunning(ended) || before.site.collectorPort === undefined) return before;
  const collector = await startCollector(before.site, before.site.collectorPort);
  const record = { ...before, processes: [...before.processes.filter(({ name }) => name !== 'collector'), collector] };
  writeRecord(record);
  await waitForCollector(before.site, collector);
  return record;
}

export function serverNamed(record: CloudRecord, name: 'collector' | 'fleet' | 'ministack'): DetachedProcess | undefined {
  return record.processes.find((process) => process.name === name);
}

async function startServers(site: Site, fleetOptions: FleetOptions): Promise<CloudRecord> {
  for (const log of [join(site.dir, 'fleet.log'), join(site.dir, 'ministack.log'), collectorLog(site)]) rmSync(log, { force: true });
  const fleet = await startFleet(site, fleetOptions);
  const begun: CloudRecord = { site, processes: [fleet], bootstrapped: false, outputs: {} };
  writeRecord(begun);
  const ministack = await startMiniStack(site);
  const collectors = site.collectorPort === undefined ? [] : [await startCollector(site, site.collectorPort)];
  const record = { ...begun, processes: [fleet, ministack, ...collectors] };
  writeRecord(record);
  await Promise.all([
    waitUntilHealthy(ministack, `${endpointOf(site)}/_ministack/health`),
    waitForFleet(site, fleet),
    ...collectors.map((collector) => waitForCollector(site, collector)),
  ]);
  return record;
}

function waitForFleet(site: Site, fleet: DetachedProcess): Promise<void> {
  return waitUntilHealthy(fleet, `${fleetUrlOf(site)}/_fleet/state`);
}

function waitForCollector(site: Site, collector: DetachedProcess): Promise<void> {
  return waitUntil(collector, 'OTLP', () => takesTraces(collectorUrlOf(site) ?? ''));
}

async function chooseSite(dir: string, port: number | undefined): Promise<Site> {
  if (port !== undefined && port !== 0 && !await isFree(port)) {
    throw new Error(`Port ${port} is taken. Way out: --port 0 takes any free one.`);
  }
  const temporary = mkdtempSync(join(tmpdir(), 'orchestrator-'));
  const collector = hasCollector() ? { collectorPort: await freePort() } : {};
  if (port === 0) return { dir, port: await freePort(), fleetPort: await freePort(), ...collector, temporary };
  return { dir, port: port ?? await preferPort(preferredPort), fleetPort: await preferPort(preferredFleetPort), ...collector, temporary };
}
