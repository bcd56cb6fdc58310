/**
 * `npm start`: a manifest goes through every stage to DONE on a local cloud of its own, which is gone afterwards, also
 * after Ctrl-C.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { followEvents, OrchestratorClient, type JobDetail, type JobRef, type LogLine } from '@advanced-orchestrator/sdk';
import * as z from 'zod';
import { startLocalCloud, type LocalCloud } from './cloud.ts';
import { eventLine, nodeTable, stateTable } from './demo-report.ts';
import { fleetControl } from './fleet-control.ts';
import { isolationWarning } from './isolation.ts';
import { repositoryRoot } from './paths.ts';

const manifestFile = 'examples/gang-64.yaml';
const namespace = 'research-and-development';
/** Boots, notices and the market run this much faster than on AWS; scripts do not. */
const speed = 10;
/** How long instances may take to disappear after the job is DONE: shutting down takes time on EC2 too. */
const goneWithinMs = 30_000;

/** What the simulator's state says of its instances. */
const fleetCounts = z.object({ live: z.int() });

const say = (line = ''): void => console.log(line);
const heading = (text: string): void => say(`\n${text}`);

/** A folder of its own, so that two of them do not meet. */
const dir = join(repositoryRoot, '.local', 'demo', String(process.pid));
const config = join('local', 'deployment.json');
const scenario = join(repositoryRoot, 'local', 'scenarios', 'scarce-spot.json');

async function main(): Promise<boolean> {
  const warning = isolationWarning(process.platform);
  if (warning !== undefined) say(warning);
  heading('The local cloud');
  const cloud = await startLocalCloud({ dir, port: 0, config, scenario, speed, log: (line) => say(`  ${line}`) });
  try {
    return await runJob(cloud);
  } finally {
    await cloud.stop();
  }
}

async function runJob(cloud: LocalCloud): Promise<boolean> {
  const client = new OrchestratorClient({ endpoint: cloud.outputs['ApiUrl'] ?? '', region: 'us-east-1', credentials: cloud.credentials });
  heading(`The job: ${manifestFile}, one head node and 64 workers; no zone has Spot enough`);
  const submitted = await client.submitJob(namespace, { manifest: readFileSync(join(repositoryRoot, manifestFile), 'utf8') });
  const ref: JobRef = { namespace, jobId: submitted.jobId };
  say(`  job ${submitted.jobId}, at most ${submitted.maxUsdPerHour} USD/h at list price`);
  for await (const event of followEvents(client, ref, { pollMs: 500 })) say(`  ${eventLine(event, submitted.submittedAt)}`);
  const job = await client.getJob(ref);
  await report(client, ref, job);
  const left = await instancesLeft(cloud.fleetUrl);
  say(`\ninstances left: ${left}`);
  say(`job ${job.jobId} ${job.state} ${job.outcome ?? ''}`);
  return job.state === 'DONE' && job.outcome === 'SUCCEEDED' && left === 0;
}

async function report(client: OrchestratorClient, ref: JobRef, job: JobDetail): Promise<void> {
  heading('Output of the head node');
  for (const line of await headOutput(client, ref)) say(`  ${line.step}: ${line.message}`);
  heading('Where the nodes came from');
  say(nodeTable(job));
  heading('Time in each state');
  const history = await client.listEvents(ref, { limit: 100 });
  say(stateTable(history.items));
  say(`\ncost at list price: ${job.costUsd.toFixed(4)} USD`);
}

/** What hooks and the job wrote on the head node; the other 64 nodes said much the same. */
async function headOutput(client: OrchestratorClient, ref: JobRef): Promise<readonly LogLine[]> {
  const lines: LogLine[] = [];
  for (let cursor: string | undefined, more = true; more; ) {
    const page = await client.readLogs(ref, { node: 'head-0' }, { limit: 1000, ...(cursor === undefined ? {} : { cursor }) });
    lines.push(...page.items);
    cursor = page.cursor;
    more = cursor !== undefined;
  }
  return lines;
}

async function instancesLeft(fleetUrl: string): Promise<number> {
  for (const deadline = performance.now() + goneWithinMs; ; await delay(250)) {
    const { live } = fleetCounts.parse(await fleetControl(fleetUrl).state());
    if (live === 0 || performance.now() > deadline) return live;
  }
}

process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  console.error(`\nnpm start: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
