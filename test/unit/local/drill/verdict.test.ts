import { describe, expect, it } from '@jest/globals';
import { jobTrace } from '../../../../core/trace/job-trace.ts';
import { tracedEvent, tracedJob } from '../../../../core/trace/of-views.ts';
import type { ReceivedSpan } from '../../../../local/collector/received.ts';
import { failures } from '../../../../local/drill/catalogue.ts';
import type { Failure } from '../../../../local/drill/failure.ts';
import { falseAlarms } from '../../../../local/drill/false-alarms.ts';
import { complaints, verdictTable } from '../../../../local/drill/table.ts';
import { alarmVerdict, causeVerdict, evidenceVerdict, isRight, receivedVerdict, spanVerdict, type Verdict } from '../../../../local/drill/verdict.ts';
import type { Diagnosis, JobDetail, JobEvent } from '../../../../sdk/src/index.ts';

const failure: Failure = {
  how: 'it exits with 7', manifest: failures['job exits with 7']!.manifest, asked: 'ended', cause: 'JobFailed',
  evidence: { state: 'DONE', exitCode: 7, node: 'head-0', line: 'NaN', awsCode: 'Some.Code' }, span: { subject: 'step', name: 'Train' }, alarm: { id: 'LaunchesRefused' },
};

const told = (evidence: object = {}): Diagnosis => ({
  cause: 'JobFailed', sentence: 'The job itself failed.',
  evidence: { state: 'DONE', step: { exitCode: 7, node: 'head-0' }, lines: [{ message: 'loss is NaN' }], events: [], cloud: [{ code: 'Some.Code', requestId: 'an-id' }], ...evidence },
}) as unknown as Diagnosis;

describe('an answer is right', () => {
  it('where it names the cause', () => {
    expect(causeVerdict(failure, told())).toEqual({ found: 'JobFailed', isRight: true });
    expect(causeVerdict({ ...failure, cause: 'HookFailed' }, told())).toMatchObject({ isRight: false, found: expect.stringContaining('JobFailed, not HookFailed') });
  });

  it.each([
    [{}, true],
    [{ state: 'DESTROYING' }, false],
    [{ step: { exitCode: 8, node: 'head-0' } }, false],
    [{ step: { exitCode: 7, node: 'workers-1' } }, false],
    [{ lines: [{ message: 'all is well' }] }, false],
    [{ cloud: [{ code: 'Some.Code' }] }, false],
    [{ cloud: [{ code: 'Another', requestId: 'an-id' }] }, false],
  ])('where its evidence has all that is asked for: %j %s', (evidence, isRightThen) => {
    expect(evidenceVerdict(failure, told(evidence)).isRight).toBe(isRightThen);
  });

  it('where the alarm rings, and whatever rings where none should be asked for', () => {
    expect(alarmVerdict(failure, ['orchestrator-wake-LaunchesRefused']).isRight).toBe(true);
    expect(alarmVerdict(failure, ['orchestrator-look-JobsStuck']).isRight).toBe(false);
  });
});

describe('an alarm is a false one', () => {
  it('where no failure has it to ring, and it is none that may', () => {
    const rang = ['orchestrator-wake-LaunchesRefused', 'orchestrator-wake-JobsStuck', 'orchestrator-part-JobsLateIn5Minutes', 'orchestrator-look-BudgetFast'];
    expect(falseAlarms(rang, { refused: failure })).toEqual(['orchestrator-wake-JobsStuck']);
    expect(falseAlarms(rang, {})).toEqual(['orchestrator-wake-JobsStuck', 'orchestrator-wake-LaunchesRefused']);
  });
});

const at = (seconds: number): string => new Date(1_800_000_000_000 + seconds * 1000).toISOString();
const detail = {
  jobId: '01jd8x2z5k3m9q7w4t6v8y0abc', namespace: 'drill', user: 'u', state: 'DONE', outcome: 'FAILED', manifest: { name: 'm', version: 1, digest: 'a'.repeat(64) },
  submittedAt: at(0), labels: {}, attempt: 1, attempts: [],
} as unknown as JobDetail;
const history = (kind: string, outcome: string): readonly JobEvent[] => [
  { number: 1, at: at(0), attempt: 1, type: 'JobSubmitted', message: 'submitted' },
  { number: 2, at: at(1), attempt: 1, type: 'StateChanged', from: 'PENDING', to: 'RUNNING', message: 'runs' },
  { number: 3, at: at(2), attempt: 1, type: 'StepStarted', message: 'Train', data: { step: 'run/0', name: 'Train' } },
  { number: 4, at: at(3), attempt: 1, type: 'StepFinished', message: 'Train exited with 7 on head-0.', data: { step: 'run/0', name: 'Train', kind, exitCode: 7 } },
  { number: 5, at: at(4), attempt: 1, type: 'StateChanged', from: 'RUNNING', to: 'RUN_FAILED', message: 'Train exited with 7', data: { outcome } },
  { number: 6, at: at(5), attempt: 1, type: 'StateChanged', from: 'RUN_FAILED', to: 'DONE', message: 'gone', data: { outcome } },
] as unknown as readonly JobEvent[];

describe('a trace is right', () => {
  it('where the span is marked, and all above it', () => {
    expect(spanVerdict(failure, detail, history('failed', 'FAILED'))).toEqual({ found: 'step Train', isRight: true });
  });

  it('where a collector was sent the same as failed, once the root has come', () => {
    const { traceId, spans } = jobTrace(tracedJob(detail), history('failed', 'FAILED').map(tracedEvent));
    const sent = spans.map(({ spanId, parentId = '', name, error }) =>
      ({ traceId, spanId, parentId, name, status: error === undefined ? 'STATUS_CODE_UNSET' : 'STATUS_CODE_ERROR' }) as ReceivedSpan);
    const verdictOf = (received: readonly ReceivedSpan[]) => receivedVerdict(detail, history('failed', 'FAILED'), received);
    expect(verdictOf(sent)).toMatchObject({ isRight: true });
    expect(verdictOf(sent.filter(({ parentId }) => parentId !== ''))).toBeUndefined();
    expect(verdictOf(sent.filter(({ name }) => name !== 'Train'))).toEqual({ found: 'not received as failed: Train', isRight: false });
    expect(verdictOf(sent.map((span) => ({ ...span, status: 'STATUS_CODE_UNSET' })))).toMatchObject({ isRight: false });
  });

  it('and not where another is', () => {
    expect(spanVerdict({ ...failure, span: { subject: 'step', name: 'Upload' } }, detail, history('failed', 'FAILED')).isRight).toBe(false);
  });

  it('where nothing failed and nothing is marked, and not where something is', () => {
    const none = { ...failure, span: undefined };
    expect(spanVerdict(none, detail, history('failed', 'FAILED')).isRight).toBe(false);
    expect(spanVerdict(none, { ...detail, outcome: 'CANCELLED' }, history('cancelled', 'CANCELLED'))).toEqual({ found: 'none', isRight: true });
  });
});

describe('the table', () => {
  const verdict: Verdict = {
    name: 'it breaks', jobId: 'an-id', seconds: 1, cause: { found: 'JobFailed', isRight: true }, evidence: { found: 'DONE', isRight: true },
    span: { found: 'not marked', isRight: false }, alarm: { found: 'none', isRight: true },
  };

  it('shows each failure, and what is wrong with it is told in full', () => {
    expect(isRight(verdict)).toBe(false);
    expect(verdictTable([verdict])).toMatch(/it breaks.*JobFailed.*DONE.*✗ not marked.*none.*✗/);
    expect(complaints([verdict])).toEqual(['it breaks (job an-id), span: not marked']);
    expect(complaints([{ ...verdict, span: verdict.alarm }])).toEqual([]);
  });
});
