import { isTerminal, jobStates, type JobState, type Outcome } from '../lifecycle/states.ts';
import { traceIdOf } from '../runtimes/trace-context.ts';
import { attemptEnding, jobAttributes, jobEnding } from './job-attributes.ts';
import { launchAttributes, launchesOf } from './launches.ts';
import type { Attributes, Span, Trace } from './span.ts';
import { spanId } from './span-ids.ts';
import { CLAMPED, SpanTree, type GrowingSpan } from './span-tree.ts';
import { StepSpans } from './step-spans.ts';
import { failedBy, outcomeIn, isFailure } from './verdict.ts';
import { toldWait } from './waited-events.ts';
import type { TimedEvent, TracedJob } from './traced.ts';

interface Current {
  readonly attempt: GrowingSpan;
  readonly number: number;
  readonly state: GrowingSpan;
  readonly stateName: JobState;
  /** How often lost nodes were replaced. */
  readonly round: number;
  readonly outcome?: Outcome;
  /** What was said of the failure that decided it. */
  readonly failure?: string;
}

/** A trace as it grows, told one entry after the other in their order. */
export class TraceBuilder {
  readonly #job: TracedJob;
  readonly #tree = new SpanTree();
  readonly #root: GrowingSpan;
  readonly #steps = new StepSpans(this.#tree);
  #now: Current;
  #turn: GrowingSpan | undefined;
  #parked: GrowingSpan | undefined;
  #boot: GrowingSpan | undefined;

  constructor(job: TracedJob) {
    this.#job = job;
    const atMs = job.submittedAtMs;
    this.#root = this.#mustBegin({ spanId: spanId('job', 0, 0), parent: undefined, subject: 'job', name: 'job', atMs, attributes: jobAttributes(job) });
    this.#now = this.#beginAttempt(1, atMs);
  }

  trace(): Trace {
    Object.assign(this.#root.attributes, jobEnding(this.#job, this.#now.number));
    const { waiting } = this.#job;
    const { state, stateName } = this.#now;
    if (waiting !== undefined && stateName === 'PENDING' && state.endMs === undefined) {
      Object.assign(state.attributes, { 'orchestrator.waiting.code': waiting.code, 'orchestrator.waiting.message': waiting.message });
    }
    return { traceId: traceIdOf(this.#job.jobId), spans: this.#tree.spans() };
  }

  /** The spans that have ended since this was asked last, each before its parent: the root is the last one of all. */
  takeEnded(): readonly Span[] {
    return this.#tree.takeEnded();
  }

  tell(event: TimedEvent): void {
    if (this.#root.endMs !== undefined) return note(this.#root, event);
    if (event.attempt > this.#now.number) this.#goOnTo(event.attempt, event);
    switch (event.type) {
      case 'StateChanged':
        return this.#enter(event);
      case 'AttemptRetried':
        return this.#retry(event);
      case 'CapacityAcquired':
        this.#steps.learnNames(event);
        return this.#tried(event);
      case 'GangReleased':
      case 'LaunchTried':
      case 'NodeReplaced':
      case 'NodeSpared':
        return this.#tried(event);
      case 'Parked':
        return this.#park(event);
      case 'TurnGiven':
        return this.#giveTurn(event);
      case 'NodesOnline':
        return this.#endBoot(event);
      case 'NodeLost':
        return this.#lose(event);
      case 'StepStarted':
      case 'StepFinished':
        if (!this.#steps.tell(event, this.#now.state)) note(this.#now.state, event);
        return;
      case 'JobSubmitted':
        return;
      // What else happens is told in the state that it happens in.
      default:
        return note(this.#now.state, event);
    }
  }

  #enter(event: TimedEvent): void {
    const to = jobStates.find((state) => state === event.to);
    if (to === undefined) return note(this.#now.state, event);
    this.#decide(event, failedBy(event, this.#now.outcome));
    if (to === 'PENDING') return this.#goOnTo(this.#now.number + 1, event);
    this.#tellWait(event);
    this.#tree.end(this.#now.state, event.atMs);
    const state = this.#beginState(this.#now.attempt, this.#now.number, to, event.atMs, event.number);
    markMoved(state, event);
    this.#now = { ...this.#now, state, stateName: to };
    if (to === 'ACQUIRING_CAPACITY') this.#giveTurn(event);
    if (to === 'CONFIGURING') this.#beginBoot(event);
    if (isTerminal(to)) this.#conclude(event);
  }

  /** The entry with which it leaves the queue says for what the job waited, among what happened to it meanwhile. */
  #tellWait({ data, atMs }: TimedEvent): void {
    const { state } = this.#now;
    const { events, attributes } = toldWait(data, state.startMs, atMs);
    if (events.length > 0) state.events.splice(0, state.events.length, ...[...state.events, ...events].toSorted((a, b) => a.atMs - b.atMs));
    Object.assign(state.attributes, attributes);
  }

  /** Takes the outcome out of an entry, and what it says of the state that failed, where it did. */
  #decide(event: TimedEvent, failure: string | undefined): void {
    const outcome = outcomeIn(event) ?? this.#now.outcome;
    if (failure !== undefined) {
      const { state } = this.#now;
      state.attributes['error.type'] ??= outcome ?? event.to ?? event.type;
      state.error ??= failure;
    }
    const decided = failure !== undefined && this.#now.failure === undefined ? { failure } : {};
    this.#now = { ...this.#now, ...decided, ...(outcome === undefined ? {} : { outcome }) };
  }

  #conclude(event: TimedEvent): void {
    this.#tree.end(this.#now.state, event.atMs);
    this.#endAttempt(event.atMs);
    Object.assign(this.#root.attributes, jobEnding(this.#job, this.#now.number));
    this.#tree.end(this.#root, event.atMs, this.#now.attempt.error);
  }

  #endAttempt(atMs: number): void {
    const { attempt, number, outcome, failure } = this.#now;
    const record = this.#job.attempts.find((one) => one.attempt === number);
    Object.assign(attempt.attributes, attemptEnding(outcome, record));
    this.#tree.end(attempt, atMs, isFailure(outcome) ? (failure ?? outcome) : undefined);
  }

  /** Who is given up in the queue waits there for the next attempt; others are seen to go back to it. */
  #retry(event: TimedEvent): void {
    this.#decide(event, failedBy(event, this.#now.outcome));
    note(this.#now.attempt, event);
    if (this.#now.stateName !== 'PENDING') return;
    this.#tellWait(event);
    this.#goOnTo(this.#now.number + 1, event);
  }

  /** The attempt is over, and the next one, or one that the history tells of without its begin, waits in the queue. */
  #goOnTo(attempt: number, event: TimedEvent): void {
    this.#tree.end(this.#now.state, event.atMs);
    this.#endAttempt(event.atMs);
    this.#now = this.#beginAttempt(attempt, event.atMs);
    markMoved(this.#now.attempt, event);
  }

  #beginAttempt(number: number, atMs: number): Current {
    const before = number > 1 ? [{ spanId: this.#now.attempt.spanId, attributes: { 'orchestrator.link': 'retry of' } }] : [];
    const attempt = this.#mustBegin({
      spanId: spanId('attempt', number, 0), parent: this.#root, subject: 'attempt', name: 'attempt', atMs,
      attributes: { 'orchestrator.attempt': number }, links: before,
    });
    const state = this.#beginState(attempt, number, 'PENDING', atMs, 0);
    return { attempt, number, state, stateName: 'PENDING', round: 0 };
  }

  #beginState(parent: GrowingSpan, attempt: number, name: JobState, atMs: number, index: number): GrowingSpan {
    return this.#mustBegin({ spanId: spanId('state', attempt, index), parent, subject: 'state', name, atMs });
  }

  #giveTurn(event: TimedEvent): void {
    if (this.#parked !== undefined) this.#tree.end(this.#parked, event.atMs);
    this.#turn = this.#within('turn', event);
  }

  #park(event: TimedEvent): void {
    if (this.#turn !== undefined) this.#tree.end(this.#turn, event.atMs);
    const until: unknown = event.data?.['until'];
    this.#parked = this.#within('parked', event, { 'orchestrator.reason': event.message, ...(typeof until === 'string' ? { 'orchestrator.until': until } : {}) });
  }

  /** The calls of a turn, or for the place of nodes that are awaited, each with its own times, and what came of it. */
  #tried(event: TimedEvent): void {
    const { state, number } = this.#now;
    const parent = [this.#turn, this.#boot].find((span) => span !== undefined && span.endMs === undefined) ?? state;
    for (const launch of launchesOf(event.data)) {
      const fromMs = Math.min(launch.atMs ?? event.atMs, event.atMs);
      const span = this.#tree.begin({ spanId: spanId('launch', number, launch.ordinal), parent, subject: 'launch', name: 'launch', atMs: fromMs, attributes: launchAttributes(launch) });
      if (span === undefined) continue;
      const { tookMs, refused } = launch;
      const toMs = tookMs === undefined ? event.atMs : Math.max(span.startMs, fromMs + tookMs);
      this.#tree.end(span, Math.min(toMs, event.atMs), refused);
      if (toMs > event.atMs) span.attributes[CLAMPED] = true;
    }
    note(parent === this.#turn ? parent : state, event);
    if (parent === this.#turn) this.#tree.end(parent, event.atMs);
  }

  #beginBoot(event: TimedEvent): void {
    this.#boot = this.#within('boot', event, { 'orchestrator.round': this.#now.round });
  }

  #endBoot(event: TimedEvent): void {
    note(this.#now.state, event);
    if (this.#boot !== undefined) this.#tree.end(this.#boot, event.atMs);
  }

  /** Nodes that are replaced are awaited once more. */
  #lose(event: TimedEvent): void {
    note(this.#now.state, event);
    if (event.data?.['answer'] !== 'replace') return;
    this.#now = { ...this.#now, round: this.#now.round + 1 };
    if (this.#boot === undefined || this.#boot.endMs !== undefined) this.#beginBoot(event);
  }

  #within(subject: 'turn' | 'parked' | 'boot', event: TimedEvent, attributes: Attributes = {}): GrowingSpan | undefined {
    const { state, number } = this.#now;
    const span = this.#tree.begin({ spanId: spanId(subject, number, event.number), parent: state, subject, name: subject, atMs: event.atMs, attributes });
    if (span !== undefined) markMoved(span, event);
    return span;
  }

  /** Of what there is once for sure. */
  #mustBegin(beginning: Parameters<SpanTree['begin']>[0]): GrowingSpan {
    const span = this.#tree.begin(beginning);
    if (span === undefined) throw new TypeError(`There are two spans ${beginning.spanId}.`);
    return span;
  }
}

/** Puts an entry of the history into a span. */
function note(span: GrowingSpan, { atMs, type, message, number, isMoved }: TimedEvent): void {
  span.events.push({ atMs, name: type, attributes: { 'orchestrator.message': message, 'orchestrator.event.number': number, ...(isMoved ? { [CLAMPED]: true } : {}) } });
}

function markMoved(span: GrowingSpan, { isMoved }: TimedEvent): void {
  if (isMoved) span.attributes[CLAMPED] = true;
}
