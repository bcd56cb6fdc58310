import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { answeredCodes } from '../../../../core/diagnosis/caught-error.ts';
import { causeCodes } from '../../../../core/diagnosis/causes/causes.ts';
import { diagnose } from '../../../../core/diagnosis/diagnose.ts';
import type { JobCase } from '../../../../core/diagnosis/job-case.ts';
import { eventTypes } from '../../../../core/job/event-types.ts';
import { epochMs } from '../../../../core/job/ids.ts';
import type { Job, JobEvent } from '../../../../core/job/job.ts';
import { jobStates, outcomes } from '../../../../core/lifecycle/states.ts';
import { anEvent } from '../../../builders/diagnosis.ts';
import { aHold, aJob } from '../../../builders/job.ts';

const text = fc.oneof(fc.string(), fc.constantFrom('', 'No space left on device', 'Killed', 'EC2 refused the launch: ', 'w-0 (i-1, spot in us-east-1a) no longer runs.', '{"errorType":"X"'));
const code = fc.oneof(fc.constantFrom(...answeredCodes), fc.constantFrom('States.Timeout', 'DependencyThrottledError', 'constructor', '__proto__'), fc.string());
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const time = fc.integer({ min: 0, max: 4_000_000 }).map(epochMs);

const present = <T extends object>(value: T): { [Key in keyof T]: Exclude<T[Key], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as never;

const jobs: fc.Arbitrary<Job> = fc
  .record({
    state: fc.constantFrom(...jobStates), outcome: optional(fc.constantFrom(...outcomes)), reason: optional(fc.record({ code, message: text })), exitCode: optional(fc.integer()),
    attempt: fc.integer({ min: 1, max: 3 }), interactive: fc.boolean(), parked: optional(fc.constant(true as const)), hold: optional(fc.constant(aHold())),
    cancelRequestedBy: optional(text), releaseRequestedBy: optional(text), submittedAtMs: time, queuedAtMs: optional(time),
  })
  .map((fields) => ({ ...aJob(), ...present(fields) }));

/** Data as the product writes it, or anything. */
const data = fc.oneof(
  fc.dictionary(fc.constantFrom('step', 'name', 'kind', 'exitCode', 'scheduler', 'launches', 'by', 'code', '__proto__'), fc.anything()),
  fc.record({ step: fc.constantFrom('run/0', 'configure/1', 'postRun/0', 'x'), name: text, kind: fc.constantFrom('failed', 'timedOut', 'stepDone', 'replace'), exitCode: fc.oneof(fc.integer({ min: 0, max: 260 }), fc.constant(null)) }),
);

const events: fc.Arbitrary<JobEvent> = fc
  .record({ number: fc.integer({ min: 1, max: 12 }), attempt: fc.integer({ min: 1, max: 3 }), type: fc.constantFrom(...eventTypes), message: text, atMs: time, to: optional(fc.constantFrom(...jobStates)), data: optional(data) })
  .map((fields) => anEvent(present(fields)));

const cases: fc.Arbitrary<JobCase> = fc
  .record({
    job: jobs, history: fc.array(events, { maxLength: 12 }), nowMs: time,
    holding: optional(fc.record({ code: fc.oneof(fc.constantFrom('Starts', 'LimitReached', 'Parked', 'CoolingDown', 'Running'), fc.string()), message: text, hints: fc.array(text, { maxLength: 2 }) })),
    lines: optional(fc.array(fc.record({ atMs: time, node: text, message: text }), { maxLength: 30 })),
  })
  .map(present);

/** Entries of the current attempt that by themselves say why it ended. */
function tells({ job, history }: JobCase): boolean {
  // Of entries with one number, which no store has, the last counts.
  const own = new Map(history.filter(({ attempt }) => attempt === job.attempt).map((event) => [event.number, event]));
  return [...own.values()].some(({ type, data: facts }) => type === 'StepFinished' && typeof facts?.['step'] === 'string' && /^(configure|run|postRun)\/\d+$/.test(facts['step']) && ['failed', 'timedOut'].includes(String(facts['kind'])));
}

describe('any job with any history', () => {
  it('gets one diagnosis', () => {
    fc.assert(fc.property(cases, (known) => {
      const { cause, sentence, certainty, others, evidence } = diagnose(known);
      expect(causeCodes).toContain(cause);
      expect(sentence).toMatch(/\S/);
      expect(['certain', 'likely', 'possible']).toContain(certainty);
      expect(others.map((other) => other.cause)).not.toContain(cause);
      expect(evidence.lines.length).toBeLessThanOrEqual(20);
    }), { numRuns: 500 });
  });

  it('is unexplained only where it ended badly and neither its reason nor its history says why', () => {
    fc.assert(fc.property(cases, (known) => {
      const { job } = known;
      if (diagnose(known).cause !== 'Unexplained') return;
      const reason = job.reason?.code ?? 'Unexplained';
      expect(['Unexplained', 'Cancelled']).toContain(reason);
      expect(reason === 'Unexplained' && tells(known)).toBe(false);
    }), { numRuns: 500 });
  });

  it('gets the same one, in whatever order its history comes and however often', () => {
    const numbered = cases.map((known) => ({ ...known, history: [...new Map(known.history.map((event) => [event.number, event])).values()] }));
    fc.assert(fc.property(numbered.chain((known) => fc.tuple(fc.constant(known), fc.shuffledSubarray([...known.history, ...known.history], { minLength: known.history.length * 2 }))), ([known, history]) => {
      expect(diagnose({ ...known, history })).toEqual(diagnose(known));
    }), { numRuns: 200 });
  });
});
