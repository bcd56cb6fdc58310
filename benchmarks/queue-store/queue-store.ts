import { readFileSync } from 'node:fs';
import { startMiniStack, type MiniStack } from '../../test/contract/ministack.ts';
import { budget, footprintOf, type Footprint } from '../footprint/footprint.ts';
import { runReferenceJob } from '../footprint/reference-job.ts';
import type { Report } from '../report.ts';
import { table } from '../table.ts';
import { LANES, LEAVES } from './backlog.ts';
import { MeasuredQueue, type CycleCost } from './measured-queue.ts';

export interface QueueStoreOptions {
  /** The deepest queue. */
  readonly depth: number;
}

/** What cycles take with so many jobs in the queue. */
interface DepthCosts {
  readonly pending: number;
  readonly leaves: number;
  readonly lanes: number;
  /** Those of a cycle that counts ends and starts as many jobs. */
  readonly readUnitsPerCycle: number;
  readonly writeUnitsPerCycle: number;
  readonly callsPerCycle: number;
  readonly cycles: { readonly full: CycleCost; readonly blocked: CycleCost; readonly turnover: CycleCost };
  /** Of such a cycle, for each job that it starts. */
  readonly perAdmittedJob: { readonly readUnits: number; readonly writeUnits: number; readonly calls: number };
  readonly loadSeconds: number;
  /** Of the stand-in for DynamoDB; absent where the system does not tell. */
  readonly storeRssMiB?: number;
}

interface QueueStoreResult {
  readonly depths: readonly DepthCosts[];
  /** The reference job, from submission to DONE. */
  readonly perJob: {
    readonly writeUnits: number;
    readonly readUnits: number;
    readonly usd: Readonly<Record<string, number>> & { readonly total: number };
  };
  readonly seconds: number;
  readonly rssMiB: number;
}

const SHALLOW = 1000;
const MIB = 2 ** 20;

/** Measures the scheduler over its table at a shallow and a deep queue, and what a job takes from begin to end. */
export async function measureQueueStore({ depth }: QueueStoreOptions): Promise<Report> {
  const cloud = await startMiniStack();
  try {
    const beganAtMs = performance.now();
    const footprint = footprintOf(await runReferenceJob(cloud.endpoint));
    const depths = await measureDepths(cloud, [...new Set([Math.min(SHALLOW, depth), depth])]);
    const seconds = Math.round((performance.now() - beganAtMs) / 1000);
    const result: QueueStoreResult = { depths, perJob: perJob(footprint), seconds, rssMiB: Math.round(process.memoryUsage().rss / MIB) };
    return { text: render(result), result, withinBudget: footprint.exceeded.length === 0 };
  } finally {
    await cloud.stop();
  }
}

async function measureDepths(cloud: MiniStack, depths: readonly number[]): Promise<readonly DepthCosts[]> {
  const queue = await MeasuredQueue.create(cloud.endpoint);
  try {
    const costs: DepthCosts[] = [];
    for (const pending of depths) costs.push(await measureDepth(queue, pending, cloud));
    return costs;
  } finally {
    queue.close();
  }
}

async function measureDepth(queue: MeasuredQueue, pending: number, cloud: MiniStack): Promise<DepthCosts> {
  const beganAtMs = performance.now();
  await queue.fill(pending);
  const loadSeconds = Math.round((performance.now() - beganAtMs) / 1000);
  const [full, blocked, turnover] = [await queue.full(), await queue.blocked(), await queue.turnover()];
  const { readUnits, writeUnits, calls, admitted } = turnover;
  const storeRssMiB = rssMiB(cloud.pid);
  return {
    pending, leaves: LEAVES, lanes: LANES,
    readUnitsPerCycle: readUnits, writeUnitsPerCycle: writeUnits, callsPerCycle: calls,
    cycles: { full, blocked, turnover },
    perAdmittedJob: { readUnits: readUnits / admitted, writeUnits: writeUnits / admitted, calls: calls / admitted },
    loadSeconds,
    ...(storeRssMiB === undefined ? {} : { storeRssMiB }),
  };
}

function perJob({ writeUnits, readUnits, usd, usdByService }: Footprint): QueueStoreResult['perJob'] {
  return { writeUnits, readUnits, usd: { ...usdByService, total: usd } };
}

/** Memory of another process, where the system has Linux's /proc. */
function rssMiB(pid: number): number | undefined {
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? undefined : Math.round(Number(kib) / 1024);
  } catch {
    return undefined;
  }
}

function render({ depths, perJob: job, seconds, rssMiB: ownMiB }: QueueStoreResult): string {
  const cycles = depths.flatMap(({ pending, cycles: { full, blocked, turnover } }) => [
    cycleRow(pending, 'as many run as may', full),
    cycleRow(pending, 'room, but for none that waits', blocked),
    cycleRow(pending, 'ends counted, jobs started', turnover),
  ]);
  const { total, ...services } = job.usd;
  return [
    `${LEAVES} users with ${LANES / LEAVES} lanes each. A cycle is one invocation: lease, look, decide, write, lease.`,
    table(['waiting', 'a cycle with', 'starts', 'calls', 'read units', 'write units'], cycles),
    table(['', 'budget', 'this'], [
      ['write units', budget.writeUnits, job.writeUnits],
      ['read units', budget.readUnits, job.readUnits],
      ['USD', budget.usd, total.toFixed(6)],
      ...Object.entries(services).map(([service, usd]) => [service, '', usd.toFixed(6)]),
    ]),
    ...depths.map(({ pending, loadSeconds, storeRssMiB }) => `${count(pending)} jobs: loaded in ${loadSeconds} s; MiniStack has ${storeRssMiB === undefined ? 'an unknown amount' : `${count(storeRssMiB)} MiB`}.`),
    `${seconds} s in all, ${count(ownMiB)} MiB at the end.`,
  ].join('\n\n');
}

const count = (value: number): string => value.toLocaleString('en');

function cycleRow(pending: number, name: string, { admitted, calls, readUnits, writeUnits }: CycleCost): readonly (string | number)[] {
  return [count(pending), name, admitted, calls, readUnits, writeUnits];
}
