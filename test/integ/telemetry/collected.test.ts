import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { hasCollector } from '../../../local/collector/rotel.ts';
import type { ReceivedSpan, TraceVerdict } from '../../../local/collector/received.ts';
import { eventually } from '../../../local/eventually.ts';
import { isRunning } from '../../../local/processes.ts';
import { readRecord } from '../../../local/record.ts';
import { restartCollector, serverNamed } from '../../../local/servers.ts';
import type { JobDetail } from '../../../sdk/src/index.ts';
import { aCluster, script } from '../cloud/manifests.ts';
import { isWhole, receivedTrace, wholeTrace } from '../cloud/received.ts';
import type { SharedCloud } from '../cloud/shared-cloud.ts';
import { watchedSiteOptions } from '../cloud/site.ts';
import { watchedCloud } from '../cloud/watched-cloud.ts';

jest.setTimeout(600_000);

const namespace = 'collected';
const nodePools = [{ name: 'head', count: 1, instanceType: 'm6i.large' }, { name: 'workers', count: 1, instanceType: 'c6i.large' }];
/** As a program of a user's does it that has no SDK: a span below its step. It runs on for a while. */
const ownSpan = [
  'IFS=- read -r _ trace parent _ <<< "$TRACEPARENT"',
  'span() { printf \'{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"%s","spanId":"00000000000000aa","parentSpanId":"%s","name":"own work","kind":1,"startTimeUnixNano":"%s","endTimeUnixNano":"%s"}]}]}]}\' "$trace" "$parent" "$1" "$2"; }',
  'began=$(date +%s%N)',
  'span "$began" "$(date +%s%N)" | curl --silent --fail --retry 20 --retry-connrefused --retry-delay 1 -H "content-type: application/json" --data @- "$OTEL_EXPORTER_OTLP_ENDPOINT/v1/traces"',
  // Collectors send once a second, and machines of the simulator end without being shut down.
  'sleep 4',
];

(hasCollector() ? describe : describe.skip)('the trace of a job, as a collector received it', () => {
  let cloud: SharedCloud;
  let job: JobDetail;
  let trace: TraceVerdict;
  const named = (name: string): readonly ReceivedSpan[] => trace.spans.filter((span) => span.name === name);

  beforeAll(async () => {
    cloud = await watchedCloud();
    const hooks = { onConfigure: [script('Set up')], onRun: [script('Work', ...ownSpan)], onPostRun: [script('Upload')] };
    const ref = await cloud.jobs.submit(aCluster(namespace, 'whole', { nodePools, hooks }));
    job = await cloud.jobs.ends(ref);
    expect(job).toMatchObject({ state: 'DONE', outcome: 'SUCCEEDED' });
    trace = await wholeTrace(job.jobId);
  });

  it('has one root, and no span whose parent is missing or that came twice', () => {
    expect(trace.roots.map(({ name }) => name)).toEqual(['job']);
    expect(trace.orphans).toEqual([]);
    expect(trace.repeated).toEqual([]);
  });

  it('has every state and every hook of the job', async () => {
    const states = (await cloud.jobs.events({ namespace, jobId: job.jobId })).flatMap(({ from }) => (from === undefined ? [] : [from]));
    expect(new Set(states).size).toBeGreaterThan(4);
    const names = new Set(trace.spans.map(({ name }) => name));
    for (const name of [...states, 'attempt', 'turn', 'launch', 'boot', 'Set up', 'Work', 'Upload']) expect(names).toContain(name);
  });

  it('has each hook on each of its nodes, below the hook and with its times', () => {
    const all = job.nodes.map(({ name }) => name).toSorted();
    expect(all).toHaveLength(2);
    for (const [name, nodes] of [['Set up', all], ['Work', ['head-0']], ['Upload', ['head-0']]] as const) {
      const below = trace.spans.filter(({ parentId, name: node }) => parentId === named(name)[0]?.spanId && node !== 'own work');
      expect(below.map((span) => span.name).toSorted()).toEqual(nodes);
      expect(below.filter(({ startNano, endNano }) => BigInt(endNano) <= BigInt(startNano))).toEqual([]);
    }
  });

  it('nests: no span lies outside of its parent', () => {
    const byId = new Map(trace.spans.map((span) => [span.spanId, span]));
    const outside = trace.spans.filter((span) => {
      const parent = byId.get(span.parentId);
      return parent !== undefined && (BigInt(span.startNano) < BigInt(parent.startNano) || BigInt(span.endNano) > BigInt(parent.endNano));
    });
    expect(outside.map(({ name }) => name)).toEqual([]);
    for (const { startNano, endNano } of trace.spans) expect(BigInt(endNano)).toBeGreaterThanOrEqual(BigInt(startNano));
  });

  it('has the span of the user, below its step, by the name of the job and the node that it was made on', () => {
    const [own] = named('own work');
    expect(own?.parentId).toBe(named('Work')[0]?.spanId);
    const head = job.nodes.find(({ pool }) => pool === 'head');
    expect(own?.resource).toMatchObject({
      'orchestrator.job.id': job.jobId, 'orchestrator.job.namespace': namespace, 'orchestrator.attempt': '1', 'orchestrator.node.name': 'head-0',
      'orchestrator.node.pool': 'head', 'cloud.availability_zone': head?.zone, 'host.id': head?.instanceId,
    });
  });
});

(hasCollector() ? describe : describe.skip)('a job whose collector is gone', () => {
  it('ends as it would, and later ones are received again', async () => {
    const cloud = await watchedCloud();
    const record = readRecord(watchedSiteOptions.dir) ?? never();
    const collector = serverNamed(record, 'collector') ?? never();
    process.kill(collector.pid, 'SIGKILL');
    await eventually('the collector has ended', () => Promise.resolve(!isRunning(collector)));
    const hooks = { onRun: [script('Work', 'exit 7')] };
    const unheard = await cloud.jobs.ends(await cloud.jobs.submit(aCluster(namespace, 'unheard', { hooks })));
    expect(unheard).toMatchObject({ state: 'DONE', outcome: 'FAILED', exitCode: 7 });
    await restartCollector(record);
    // Who found nobody there rests for a while before trying again: what the next jobs tell may be lost, too.
    const later: string[] = [];
    const work = await eventually('the run of a later job is received', async () => {
      later.push((await cloud.jobs.ends(await cloud.jobs.submit(aCluster(namespace, 'heard', { hooks })))).jobId);
      return later.map(receivedTrace).filter(isWhole).flatMap(({ spans }) => spans).find(({ name }) => name === 'Work');
    });
    expect(work).toMatchObject({ status: 'STATUS_CODE_ERROR' });
  });
});

function never(): never {
  throw new Error('The watched cloud has no collector.');
}
