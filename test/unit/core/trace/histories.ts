import fc from 'fast-check';
import { eventTypes } from '../../../../core/job/event-types.ts';
import { epochMs } from '../../../../core/job/ids.ts';
import { jobStates, outcomes } from '../../../../core/lifecycle/states.ts';
import { transitions } from '../../../../core/lifecycle/transitions.ts';
import { chooseRuns, type NodeRun } from '../../../../core/trace/node-runs.ts';
import { tellRuns } from '../../../../core/trace/told-runs.ts';
import type { TracedEvent } from '../../../../core/trace/traced.ts';
import { SUBMITTED_MS } from '../../../builders/trace.ts';

/** Milliseconds since the submission, or before it. */
export const when = fc.integer({ min: -5_000, max: 500_000 });
const step = fc.constantFrom('configure/0', 'configure/1', 'configure/0.1', 'run/0', 'run/1', 'postRun/0', 'nonsense', 7);
const launch = fc.record({
  ordinal: fc.integer({ min: 1, max: 6 }), pool: fc.constantFrom('head', 'workers'), asked: fc.nat(9), launched: fc.nat(9), market: fc.constant('spot'),
  zones: fc.constant(['us-east-1a']), atMs: when.map((ms) => SUBMITTED_MS + ms), tookMs: fc.nat(9_000),
}, { requiredKeys: ['pool', 'asked'] });
const waited = fc.record({ code: fc.constantFrom('LimitReached', 'Paused', 'Later'), sinceMs: when.map((ms) => SUBMITTED_MS + ms), untilMs: when.map((ms) => SUBMITTED_MS + ms), detail: fc.string() }, { requiredKeys: ['code', 'sinceMs'] });
/** Any way in which a step may go on a node: within three days of the submission, as long as SSM lets it. */
export const aRun = ({ rank = fc.nat(200) }: { readonly rank?: fc.Arbitrary<number> }): fc.Arbitrary<NodeRun> =>
  fc.record({
    rank, fromMs: fc.oneof(fc.integer({ min: -3_600_000, max: 20_000 }), fc.nat(86_400_000)), tookMs: fc.oneof(fc.nat(300), fc.nat(60_000), fc.nat(200_000_000)),
    how: fc.oneof(fc.constant({ exitCode: 0 }), fc.record({ exitCode: fc.integer({ min: -1, max: 255 }) }), fc.constant({ exitCode: 124, timedOut: true as const })),
  }).map(({ rank: on, fromMs, tookMs, how }) => ({ rank: on, startMs: SUBMITTED_MS + fromMs, endMs: SUBMITTED_MS + fromMs + tookMs, ...how }));

/** Of one step: a rank has one. */
export const nodeRuns = fc.uniqueArray(aRun({}), { selector: ({ rank }) => rank, maxLength: 120 });
const runsOfStep = fc.record({ runs: fc.uniqueArray(aRun({ rank: fc.nat(5) }), { selector: ({ rank }) => rank, maxLength: 4 }), again: fc.boolean() })
  .map(({ runs, again }) => tellRuns(chooseRuns(runs, runs.length, again)));
const data = fc.record({
  outcome: fc.constantFrom(...outcomes), step, name: fc.string(), kind: fc.constantFrom('stepDone', 'failed', 'timedOut', 'cancelled'), exitCode: fc.constantFrom(0, 1, null),
  launches: fc.oneof(fc.array(launch, { maxLength: 4 }), fc.constant('none')), answer: fc.constantFrom('replace', 'interrupted'), heldBackSinceMs: when,
  waited: fc.oneof(fc.array(waited, { maxLength: 3 }), fc.constant('none')),
  nodeRuns: fc.oneof(runsOfStep, fc.constant({ ranks: '0-9', times: 'none' })), pools: fc.constantFrom([['head', 1], ['workers', 3]], 'none'),
}, { requiredKeys: [] });

/** Entries of any kind in any order, as no history has them. */
export const oddHistory = fc.array(fc.record({
  atMs: when.map((ms) => epochMs(SUBMITTED_MS + ms)), attempt: fc.integer({ min: 1, max: 3 }), type: fc.constantFrom(...eventTypes), message: fc.string(),
  from: fc.constantFrom(...jobStates), to: fc.constantFrom(...jobStates), data,
}), { maxLength: 25 }).map((events): TracedEvent[] => events.map((event, i) => ({ ...event, number: i + 1 })));

interface Between {
  readonly type: TracedEvent['type'];
  readonly data: Readonly<Record<string, unknown>>;
  /** How long after the one before it. */
  readonly laterMs: number;
}

const entry = fc.record({ type: fc.constantFrom(...eventTypes.filter((type) => type !== 'StateChanged')), data });
/** A step from its begin to its end, with its nodes. */
const wholeStep = fc.tuple(data, step, fc.nat(9_000)).map(([end, key, tookMs]): readonly Between[] =>
  [{ type: 'StepStarted', data: { step: key }, laterMs: 0 }, { type: 'StepFinished', data: { ...end, step: key }, laterMs: tookMs }]);
const between = fc.oneof(entry.map((one): readonly Between[] => [{ ...one, laterMs: 0 }]), wholeStep);

/** Ways through the lifecycle, with entries between, whose times go on but for what clocks differ by. */
export const history = fc.record({
  choices: fc.array(fc.tuple(fc.nat(), fc.array(between, { maxLength: 3 }), fc.nat(9_000)), { maxLength: 20 }),
}).map(({ choices }): TracedEvent[] => {
  const events: TracedEvent[] = [];
  const tell = (event: Omit<TracedEvent, 'number' | 'message'>): void => void events.push({ ...event, number: events.length + 1, message: `entry ${events.length + 1}` });
  let [state, attempt, ms]: [string, number, number] = ['PENDING', 1, SUBMITTED_MS];
  for (const [choice, inside, tookMs] of choices) {
    for (const { type, data: told, laterMs } of inside.flat()) tell({ type, data: told, attempt, atMs: epochMs(ms + laterMs - 5 + (choice % 10)) });
    const arrows = transitions.filter(({ from }) => from === state);
    const arrow = arrows[choice % Math.max(1, arrows.length)];
    if (arrow === undefined) break;
    ms += tookMs;
    tell({ type: 'StateChanged', from: arrow.from, to: arrow.to, attempt, atMs: epochMs(ms) });
    state = arrow.to;
    if (arrow.to === 'PENDING') attempt += 1;
  }
  return events;
});
