import { describe, expect, it } from '@jest/globals';
import type { Job, JobEvent } from '../../../../core/job/job.ts';
import { epochMs, jobId, microUsd } from '../../../../core/job/ids.ts';
import { NEVER_SECONDS } from '../../../../core/metrics/of-end.ts';
import { historyMeasurements } from '../../../../core/metrics/of-history.ts';
import { closedSpans } from '../../../../core/trace/closed-spans.ts';
import type { TracedEvent } from '../../../../core/trace/traced.ts';
import { aJob } from '../../../builders/job.ts';
import { aHistory, aToldLaunch, aTracedJob, failedLife, moved, submitted, SUBMITTED_MS, type Told } from '../../../builders/trace.ts';

const deployment = { namespaces: { research: {}, '*': {} }, telemetry: { costLabel: { key: 'cost-center', values: ['fold'] } } };
const cost = [{ pool: 'workers', market: 'spot', nodes: 1, seconds: 60, microUsd: microUsd(1_500_000), savedMicroUsd: microUsd(0) }] as const;

/** What entries measure, as `Name{dimensions} value`, each once with the sum of its values. */
function measured(fields: Partial<Job>, events: readonly TracedEvent[], from = 1): readonly string[] {
  const job = aJob({ submittedAtMs: epochMs(SUBMITTED_MS), ...fields });
  const history: readonly JobEvent[] = events.map((event) => ({ jobId: job.jobId, namespace: job.namespace, ...event }));
  const entries = history.filter(({ number }) => number >= from);
  const spans = closedSpans(aTracedJob(fields), history, (number) => number >= from);
  const groups = Map.groupBy(historyMeasurements(deployment, { job, history, entries, spans }), ({ name, dimensions }) => `${name}${JSON.stringify(dimensions)}`);
  return [...groups].map(([key, group]) => `${key} ${group.reduce((sum, { value }) => sum + value, 0)}`).toSorted();
}

const entered = [[0, submitted], [1, moved('PENDING', 'ACQUIRING_CAPACITY')]] as const;
const after = (...told: readonly Told[]): readonly TracedEvent[] => aHistory(...entered, ...told.map((one, i) => [2 + i, one] as const));

describe('what a history measures', () => {
  it('is all that the catalogue says of a life', () => {
    expect(measured({ outcome: 'FAILED', state: 'DONE', labels: { 'cost-center': 'fold' }, cost, reason: { code: 'StepFailed', message: 'Train exited with 7 on head-0.' }, priority: 800 }, failedLife())).toEqual([
      'JobCostUsdByLabel{"Label":"fold"} 1.5', 'JobCostUsd{"Namespace":"research"} 1.5', 'JobsAdmitted{"Namespace":"research"} 1', 'JobsEnded{"Outcome":"FAILED"} 1',
      'JobsSubmitted{"Namespace":"research"} 1', 'LaunchCalls{} 2', 'LaunchErrors{"Code":"InsufficientInstanceCapacity"} 1', 'NodesLaunched{"Market":"spot"} 6',
      'SecondsInState{"State":"ACQUIRING_CAPACITY"} 10', 'SecondsInState{"State":"CONFIGURING"} 12', 'SecondsInState{"State":"DESTROYING"} 5', 'SecondsInState{"State":"PENDING"} 2',
      'SecondsInState{"State":"POST_RUN"} 4', 'SecondsInState{"State":"RUNNING"} 27', 'SecondsInState{"State":"RUN_FAILED"} 0', 'SecondsToCapacity{"PriorityClass":"high"} 12',
    ].toSorted());
  });

  it('is nothing of a rehearsal', () => {
    expect(measured({ provider: 'simulated', outcome: 'FAILED' }, failedLife())).toEqual([]);
  });

  it('is of the namespaces that the configuration names, and of the values of the label', () => {
    const told = measured({ namespace: 'other', outcome: 'FAILED', labels: { 'cost-center': 'mine' }, cost }, failedLife());
    expect(told).toEqual(expect.arrayContaining(['JobsSubmitted{"Namespace":"*"} 1', 'JobCostUsd{"Namespace":"*"} 1.5', 'JobCostUsdByLabel{"Label":"other"} 1.5']));
  });

  it.each([[0, 'low'], [499, 'low'], [500, 'normal'], [750, 'high'], [899, 'high'], [900, 'urgent']])('calls priority %d %s', (priority, name) => {
    expect(measured({ priority }, failedLife())).toContain(`SecondsToCapacity{"PriorityClass":"${name}"} 12`);
  });

  it('has the priority that the job had then, and counts from the return to the queue', () => {
    const events = aHistory(
      ...entered, [5, { type: 'AttemptRetried', data: { outcome: 'INTERRUPTED' } }], [5, moved('ACQUIRING_CAPACITY', 'PENDING')], [6, { type: 'PriorityChanged', data: { from: 500, to: 950 } }, 2],
      [7, moved('PENDING', 'ACQUIRING_CAPACITY'), 2], [9, { type: 'CapacityAcquired', data: { nodes: 1, launches: [] } }, 2],
    );
    expect(measured({}, events, 7)).toEqual(['SecondsToCapacity{"PriorityClass":"urgent"} 4']);
  });

  it('is launches that were called for, and those that were refused without a call, each once however often it is told of', () => {
    const launches = [
      aToldLaunch({ ordinal: 1, tookMs: 0, launched: 0, codes: ['InsufficientInstanceCapacity'] }),
      aToldLaunch({ ordinal: 2, launched: 0, refused: 'UnauthorizedOperation', market: 'on-demand' }),
      aToldLaunch({ ordinal: 3, launched: 0, refused: 'SomethingNew', market: 'reserved' }),
      aToldLaunch({ ordinal: 4, launched: 0, refused: 'InvalidAMIID.NotFound', theirs: true, codes: ['Odd', 'Odder'] }),
      aToldLaunch({ ordinal: 5, tookMs: 0, launched: 0, refused: 'NoLaunchTemplate' }),
    ];
    expect(measured({}, after({ type: 'LaunchTried', data: { launches } }, { type: 'LaunchTried', data: { launches } }), 3)).toEqual([
      'LaunchCalls{} 3', 'LaunchErrors{"Code":"InvalidAMIID.NotFound"} 1', 'LaunchErrors{"Code":"UnauthorizedOperation"} 1', 'LaunchErrors{"Code":"other"} 3', 'LaunchesRefused{} 2',
    ]);
  });

  it('is nodes that are lost, and notices, but not recommendations', () => {
    expect(measured({}, after(
      { type: 'NodeLost', data: { nodes: 3, answer: 'replace' } }, { type: 'NodeLost' }, { type: 'NodeInterrupted', data: { kind: 'interruption' } }, { type: 'NodeInterrupted', data: { kind: 'rebalance' } },
    ), 3)).toEqual(['NodesInterrupted{} 1', 'NodesLost{} 4']);
  });

  it.each([
    ['in the queue', aHistory([0, submitted], [60, moved('PENDING', 'DONE', 'NO_CAPACITY')])],
    ['while it looked', after({ type: 'Parked' }, moved('ACQUIRING_CAPACITY', 'PROVISIONING_FAILED', 'NO_CAPACITY'))],
    ['with machines that had to go first', after(moved('ACQUIRING_CAPACITY', 'DESTROYING', 'NO_CAPACITY'), moved('DESTROYING', 'DONE', 'NO_CAPACITY'))],
    ['and another one follows', after({ type: 'AttemptRetried', data: { outcome: 'NO_CAPACITY', attempt: 1 } }, moved('ACQUIRING_CAPACITY', 'PENDING'))],
  ])('is for ever, once, of an attempt that was given nothing: %s', (_, events) => {
    const never = measured({ priority: 950, outcome: 'NO_CAPACITY' }, events).filter((each) => each.startsWith('SecondsToCapacity'));
    expect(never).toEqual([`SecondsToCapacity{"PriorityClass":"urgent"} ${NEVER_SECONDS}`]);
  });

  it('is machines that are left, whose cost is known when they are gone', () => {
    const events = after(moved('ACQUIRING_CAPACITY', 'DESTROYING', 'CANCELLED'), moved('DESTROYING', 'DESTRUCTION_FAILED', 'CANCELLED'), { type: 'NodesGone' });
    const job = { outcome: 'CANCELLED', state: 'DESTRUCTION_FAILED', cost } as const;
    expect(measured(job, events.slice(0, -1), 4)).toEqual(['JobsEnded{"Outcome":"CANCELLED"} 1', 'SecondsInState{"State":"DESTROYING"} 1']);
    expect(measured(job, events, 5)).toEqual(['JobCostUsdByLabel{"Label":"other"} 1.5', 'JobCostUsd{"Namespace":"research"} 1.5'].toSorted());
  });

  it('is jobs whose failure nobody can explain', () => {
    const events = after(moved('ACQUIRING_CAPACITY', 'DESTROYING', 'FAILED', ''), moved('DESTROYING', 'DONE', 'FAILED'));
    expect(measured({ jobId: jobId('01hjob0000000000000000000z'), state: 'DONE', outcome: 'FAILED' }, events, 4)).toContain('JobsUnexplained{} 1');
    expect(measured({ state: 'DONE', outcome: 'CANCELLED' }, events, 4)).not.toContain('JobsUnexplained{} 1');
  });
});
