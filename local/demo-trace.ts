import { setTimeout as delay } from 'node:timers/promises';
import type { JobDetail, JobEvent } from '@advanced-orchestrator/sdk';
import { jobTrace } from '../core/trace/job-trace.ts';
import { tracedEvent, tracedJob } from '../core/trace/of-views.ts';
import type { Trace } from '../core/trace/span.ts';
import type { LocalCloud } from './cloud.ts';
import { traceVerdict, type ReceivedSpan, type TraceVerdict } from './collector/received.ts';

/** How long the last spans of a job may take: its root leaves when the history says that the job has ended. */
const wholeWithinMs = 30_000;

/** What a collector received of a job's trace, in lines, and whether that is all of it. */
export interface Collected {
  readonly lines: readonly string[];
  readonly isWhole: boolean;
}

/** A job that has ended, and what it is expected to have told. */
interface Told {
  readonly job: JobDetail;
  readonly events: readonly JobEvent[];
  /** Names of spans that its scripts send themselves. */
  readonly ownSpans: readonly string[];
}

/**
 * Waits for the whole trace of a job that has ended: each span that its history makes, below the same parent, one root, no
 * orphan, and the spans of its own. A cloud without a collector says so, and misses nothing.
 */
export async function collectedTrace(cloud: Pick<LocalCloud, 'received'>, { job, events, ownSpans }: Told): Promise<Collected> {
  const told = jobTrace(tracedJob(job), events.map(tracedEvent));
  for (const deadline = performance.now() + wholeWithinMs; ; await delay(250)) {
    const received = cloud.received();
    if (received === undefined) return { lines: ['This cloud has no collector: there is none for this Python.'], isWhole: true };
    const trace = traceVerdict(received, told.traceId);
    const missing = missingOf(trace, told, ownSpans);
    const isWhole = missing.length === 0 && trace.roots.length === 1 && trace.orphans.length === 0;
    if (isWhole || performance.now() > deadline) return { lines: linesOf(trace, told.traceId, missing), isWhole };
  }
}

/** Names of what was not received as it was told. */
function missingOf({ spans }: TraceVerdict, told: Trace, ownSpans: readonly string[]): readonly string[] {
  const parents = new Map(spans.map(({ spanId, parentId }) => [spanId, parentId]));
  return [
    ...told.spans.filter(({ spanId, parentId = '' }) => parents.get(spanId) !== parentId).map(({ name }) => name),
    ...ownSpans.filter((name) => !spans.some((span) => span.name === name && isOfNode(span))),
  ];
}

const isOfNode = ({ resource }: ReceivedSpan): boolean => 'orchestrator.node.name' in resource;

function linesOf({ spans, roots, orphans }: TraceVerdict, traceId: string, missing: readonly string[]): readonly string[] {
  const ofNodes = spans.filter(isOfNode);
  return [
    `${spans.length} spans of trace ${traceId}: ${roots.length} root, ${orphans.length} without their parent`,
    ...ofNodes.map(({ name, parentId, resource }) =>
      `of the job itself: "${name}" on ${resource['orchestrator.node.name'] ?? ''}, below "${spans.find(({ spanId }) => spanId === parentId)?.name ?? ''}"`),
    ...(missing.length === 0 ? ['as its history tells it, span by span'] : [`MISSING ${missing.join(', ')}`]),
  ];
}
