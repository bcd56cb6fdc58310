import { schedulerReportOf } from '../job/scheduler-report.ts';
import { parseStepKey } from '../runtimes/node-step.ts';
import { stepSpanId } from '../runtimes/trace-context.ts';
import { schedulerAttributes } from './job-attributes.ts';
import { nodeNames } from './node-names.ts';
import { hasFailed, type NodeRun } from './node-runs.ts';
import { nodeSpanId } from './span-ids.ts';
import type { Attributes } from './span.ts';
import type { GrowingSpan, SpanTree } from './span-tree.ts';
import { CLAMPED } from './span-tree.ts';
import { readRuns } from './told-runs.ts';
import type { TimedEvent } from './traced.ts';

/** Kinds of answers with which a step has done its part, or somebody wanted no more of it. */
const fine: readonly unknown[] = ['stepDone', 'phaseDone', 'released', 'cancelled'];

type Place = NonNullable<ReturnType<typeof parseStepKey>>;

/**
 * The spans of steps, and of their nodes. The ids of steps are those that the steps' processes are told, so that spans of the
 * users' own hang below them. A step that has not ended with its state was left, for a cancel or because the time was over,
 * and ends with it; of its nodes nothing is told.
 */
export class StepSpans {
  readonly #tree: SpanTree;
  readonly #open = new Map<string, GrowingSpan>();
  /** By attempt. */
  readonly #names = new Map<number, (rank: number) => string>();

  constructor(tree: SpanTree) {
    this.#tree = tree;
  }

  /** Takes the names of nodes from the entry that tells that they were acquired. */
  learnNames({ attempt, data }: TimedEvent): void {
    this.#names.set(attempt, nodeNames(data?.['pools']));
  }

  /** Begins or ends a step. `false`: the entry says nothing to any span, as that of a step which ended with its state. */
  tell(event: TimedEvent, state: GrowingSpan): boolean {
    const key: unknown = event.data?.['step'];
    const place = typeof key === 'string' ? parseStepKey(key) : undefined;
    if (place === undefined) return false;
    const spanId = stepSpanId(event.attempt, place);
    if (event.type === 'StepFinished') return this.#finish(spanId, place, event);
    const name: unknown = event.data?.['name'];
    const attributes = {
      'orchestrator.step': String(key), 'orchestrator.step.phase': place.phase, 'orchestrator.step.system': event.data?.['system'] === true,
      ...(place.round === 0 ? {} : { 'orchestrator.round': place.round }), ...(event.isMoved ? { [CLAMPED]: true } : {}),
    };
    const span = this.#tree.begin({ spanId, parent: state, subject: 'step', name: typeof name === 'string' ? name : String(key), atMs: event.atMs, attributes });
    if (span !== undefined) this.#open.set(spanId, span);
    return span !== undefined;
  }

  #finish(spanId: string, place: Place, event: TimedEvent): boolean {
    const span = this.#open.get(spanId);
    if (span === undefined || span.endMs !== undefined) return false;
    const kind: unknown = event.data?.['kind'];
    const isFine = fine.includes(kind);
    const ofNodes = this.#tellNodes(span, place, event);
    Object.assign(span.attributes, said(event), ofNodes, isFine ? {} : { 'error.type': String(kind) }, event.isMoved ? { [CLAMPED]: true } : {});
    this.#tree.end(span, event.atMs, isFine ? undefined : event.message);
    return true;
  }

  /** A span for each node that the entry tells of, and what the step's own says of them. */
  #tellNodes(step: GrowingSpan, place: Place, event: TimedEvent): Attributes {
    const told = readRuns(event.data?.['nodeRuns']);
    if (told === undefined) return {};
    const { runs, leftOut, again } = told;
    const spans = runs.flatMap((run) => this.#tellNode(step, place, event, again ? { ...run, startMs: step.startMs } : run) ?? []);
    if (again) for (const span of spans) span.attributes['orchestrator.time.unknown'] = true;
    return {
      'orchestrator.step.nodes': runs.length + leftOut,
      ...(leftOut === 0 ? {} : { 'orchestrator.step.nodes_left_out': leftOut }),
      ...(again || runs.length + leftOut === 1 ? {} : slowest(spans)),
    };
  }

  /** Clocks of nodes are their own: what they say is cut to the step. */
  #tellNode(step: GrowingSpan, place: Place, { attempt, atMs }: TimedEvent, run: NodeRun): GrowingSpan | undefined {
    const name = (this.#names.get(attempt) ?? nodeNames(undefined))(run.rank);
    const { rank, startMs, endMs, exitCode, timedOut } = run;
    const isBad = hasFailed(run);
    const attributes = { 'orchestrator.node.name': name, ...(isBad ? { 'process.exit.code': exitCode, 'error.type': timedOut === true ? 'timedOut' : 'failed' } : {}) };
    const span = this.#tree.begin({ spanId: nodeSpanId(attempt, place, rank), parent: step, subject: 'node', name, atMs: Math.min(startMs, atMs), attributes });
    if (span === undefined) return undefined;
    this.#tree.end(span, Math.min(endMs, atMs), isBad ? `${timedOut === true ? 'ran out of time; ' : ''}exit code ${exitCode}` : undefined);
    if (Math.max(startMs, endMs) > atMs) span.attributes[CLAMPED] = true;
    return span;
  }
}

/** The first of those that took longest. */
function slowest(spans: readonly GrowingSpan[]): Attributes {
  const [first, ...others] = spans;
  if (first === undefined) return {};
  const one = others.reduce((longest, span) => (lengthOf(span) > lengthOf(longest) ? span : longest), first);
  return { 'orchestrator.step.slowest_node': one.name, 'orchestrator.step.slowest_seconds': lengthOf(one) / 1000 };
}

const lengthOf = ({ startMs, endMs = startMs }: GrowingSpan): number => endMs - startMs;

/** Exit code, where it failed, and what the cluster's scheduler said. */
function said({ data }: TimedEvent): Attributes {
  const exitCode: unknown = data?.['exitCode'];
  const failed: unknown = data?.['failed'];
  const failedCount: unknown = data?.['failedCount'];
  const scheduler = schedulerReportOf(data?.['scheduler']);
  return {
    ...(typeof exitCode === 'number' ? { 'process.exit.code': exitCode } : {}),
    ...(Array.isArray(failed) ? { 'orchestrator.step.failed_nodes': failed.filter((node) => typeof node === 'string') } : {}),
    ...(typeof failedCount === 'number' ? { 'orchestrator.step.failed_count': failedCount } : {}),
    ...(scheduler === undefined ? {} : schedulerAttributes(scheduler)),
  };
}
