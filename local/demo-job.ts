import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { followEvents, OrchestratorClient, type JobDetail, type JobEvent, type JobRef, type LogLine } from '@advanced-orchestrator/sdk';
import * as z from 'zod';
import type { LocalCloud } from './cloud.ts';
import { eventLine, nodeTable, timeline } from './demo-report.ts';
import { collectedTrace } from './demo-trace.ts';
import { region } from './environment-file.ts';
import { fleetControl } from './fleet-control.ts';
import { repositoryRoot } from './paths.ts';

const namespace = 'research-and-development';
/** How long instances may take to disappear after the job is DONE: shutting down takes time on EC2 too. */
const goneWithinMs = 30_000;

/** What the simulator's state says of its instances. */
const fleetCounts = z.object({ live: z.int() });

export const say = (line = ''): void => console.log(line);
export const heading = (text: string): void => say(`\n${text}`);

/**
 * Takes a manifest of `examples/` through every stage on a local cloud, and tells of each.
 *
 * @param about a clause about the cluster.
 * @param ownSpans names of spans that its scripts send themselves.
 * @returns whether the job was DONE, a success, left no instance, and its whole trace was received.
 */
export async function demonstrate(cloud: LocalCloud, manifestFile: string, about: string, ownSpans: readonly string[] = []): Promise<boolean> {
  const client = new OrchestratorClient({ endpoint: cloud.outputs['ApiUrl'] ?? '', region, credentials: cloud.credentials });
  heading(`The job: ${manifestFile}, ${about}`);
  const submitted = await client.submitJob(namespace, { manifest: readFileSync(join(repositoryRoot, manifestFile), 'utf8') });
  const ref: JobRef = { namespace, jobId: submitted.jobId };
  say(`  job ${submitted.jobId}, at most ${submitted.maxUsdPerHour} USD/h at list price`);
  const events: JobEvent[] = [];
  for await (const event of followEvents(client, ref, { pollMs: 500 })) {
    events.push(event);
    say(`  ${eventLine(event, submitted.submittedAt)}`);
  }
  const job = await client.getJob(ref);
  const trace = await collectedTrace(cloud, { job, events, ownSpans });
  await report(client, ref, { job, events, collected: trace.lines });
  const left = await instancesLeft(cloud.fleetUrl);
  say(`\ninstances left: ${left}`);
  say(`job ${job.jobId} ${job.state} ${job.outcome ?? ''}`);
  return job.state === 'DONE' && job.outcome === 'SUCCEEDED' && left === 0 && trace.isWhole;
}

async function report(
  client: OrchestratorClient, ref: JobRef,
  { job, events, collected }: { readonly job: JobDetail; readonly events: readonly JobEvent[]; readonly collected: readonly string[] },
): Promise<void> {
  heading('Output of the head node');
  for (const line of await headOutput(client, ref)) say(`  ${line.step}: ${line.message}`);
  if (job.scheduler !== undefined) {
    const { id, state, nodes } = job.scheduler;
    heading(`What ${job.runtime} ${job.runtimeVersion ?? ''} says: job ${id} ${state} on ${nodes}`);
  }
  heading('Where the nodes came from');
  say(nodeTable(job));
  heading('What a collector of OpenTelemetry received');
  for (const line of collected) say(`  ${line}`);
  heading(`Where the time went (orch trace ${job.jobId})`);
  say(timeline(job, events));
  say(`\ncost at list price: ${job.costUsd.toFixed(4)} USD`);
}

/** What hooks and the job wrote on the head node; the other nodes said much the same. */
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
