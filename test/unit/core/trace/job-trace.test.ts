import { describe, expect, it } from '@jest/globals';
import { jobId } from '../../../../core/job/ids.ts';
import { stepTraceparent } from '../../../../core/runtimes/trace-context.ts';
import { jobTrace } from '../../../../core/trace/job-trace.ts';
import type { Span, Trace } from '../../../../core/trace/span.ts';
import { aHistory, aToldLaunch, aTracedJob, failedLife, flawsOf, moved, submitted, SUBMITTED_MS } from '../../../builders/trace.ts';

/** `name from–to` in seconds since submission, indented by depth. */
function outline({ spans }: Trace): string[] {
  const depth = new Map<string, number>();
  return spans.map(({ spanId, parentId, name, startMs, endMs, error }) => {
    const level = parentId === undefined ? 0 : (depth.get(parentId) ?? 0) + 1;
    depth.set(spanId, level);
    const seconds = (ms: number | undefined): string => (ms === undefined ? '' : String((ms - SUBMITTED_MS) / 1000));
    return `${'  '.repeat(level)}${name} ${seconds(startMs)}–${seconds(endMs)}${error === undefined ? '' : ` ! ${error}`}`;
  });
}

function find(trace: Trace, name: string, which = 0): Span {
  const found = trace.spans.filter((span) => span.name === name)[which];
  if (found === undefined) throw new Error(`There is no span ${name}.`);
  return found;
}

describe('the trace of a job', () => {
  it('tells its life', () => {
    const trace = jobTrace(aTracedJob({ outcome: 'FAILED' }), failedLife());
    expect(outline(trace)).toEqual([
      'job 0–60 ! Train exited with 7 on head-0.',
      '  attempt 0–60 ! Train exited with 7 on head-0.',
      '    PENDING 0–2',
      '    ACQUIRING_CAPACITY 2–12',
      '      turn 2–3',
      '        launch 2.1–2.5',
      '      parked 4–10',
      '      turn 10–12',
      '        launch 10.5–11.5',
      '    CONFIGURING 12–24',
      '      boot 12–20',
      '      Share /data 21–23',
      '    RUNNING 24–51 ! Train exited with 7 on head-0.',
      '      Train 24–50 ! Train exited with 7 on head-0.',
      '    RUN_FAILED 51–51',
      '    POST_RUN 51–55',
      '    DESTROYING 55–60',
      '    DONE 60–60',
    ]);
    expect(flawsOf(trace)).toEqual([]);
  });

  it('has the ids that processes of its steps are told', () => {
    const job = aTracedJob({ jobId: jobId('01hf7yat00000000000000000b') });
    const trace = jobTrace(job, failedLife());
    expect(`00-${trace.traceId}-${find(trace, 'Train').spanId}-01`).toBe(stepTraceparent(job.jobId, 1, { phase: 'run', index: 0 }));
  });

  it('says what each launch asked for and got', () => {
    const trace = jobTrace(aTracedJob(), failedLife());
    expect(find(trace, 'launch').attributes).toMatchObject({
      'orchestrator.launch.pool': 'workers', 'orchestrator.launch.asked': 4, 'orchestrator.launch.launched': 2, 'orchestrator.launch.market': 'spot',
      'cloud.availability_zone': 'us-east-1a', 'host.type': 'c6i.large', 'orchestrator.launch.codes': ['InsufficientInstanceCapacity'],
    });
    expect(find(trace, 'parked').attributes).toMatchObject({ 'orchestrator.reason': 'no capacity', 'orchestrator.until': '2023-11-14T22:14:20.000Z' });
  });

  it('takes launches that have no times, or no answer, as they are', () => {
    const { atMs: _atMs, tookMs: _tookMs, types: _types, ...early } = aToldLaunch();
    const { tookMs: _silent, ...unanswered } = aToldLaunch({ ordinal: 2 });
    const refused = aToldLaunch({ ordinal: 3, launched: 0, refused: 'InvalidAMIID.NotFound' });
    const late = aToldLaunch({ ordinal: 4, tookMs: 60_000 });
    const launches = [early, unanswered, refused, late, { ordinal: 'x' }, null, 7];
    const trace = jobTrace(aTracedJob(), aHistory([0, submitted], [2, moved('PENDING', 'ACQUIRING_CAPACITY')], [3, { type: 'LaunchTried', data: { launches } }]));
    expect(outline(trace).slice(4)).toEqual(['      turn 2–3', '        launch 2.1–3', '        launch 2.1–2.5 ! InvalidAMIID.NotFound', '        launch 2.1–3', '        launch 3–3']);
    expect(find(trace, 'launch', 0).attributes).toMatchObject({ 'orchestrator.launch.unanswered': true });
    expect(find(trace, 'launch', 1).attributes).toMatchObject({ 'error.type': 'InvalidAMIID.NotFound' });
    expect(find(trace, 'launch', 2).attributes).toMatchObject({ 'orchestrator.clamped': true });
    expect(find(trace, 'launch', 3).attributes).toMatchObject({ 'orchestrator.time.unknown': true });
  });

  it('has the launches in the place of nodes that were lost', () => {
    const replacing = aToldLaunch({ ordinal: 2, atMs: SUBMITTED_MS + 7_000, tookMs: 500, asked: 1, launched: 1 });
    const refused = aToldLaunch({ ordinal: 3, atMs: SUBMITTED_MS + 31_000, launched: 0, refused: 'InvalidAMIID.NotFound', theirs: true });
    const trace = jobTrace(aTracedJob(), aHistory(
      [0, submitted], [1, moved('PENDING', 'ACQUIRING_CAPACITY')], [2, moved('ACQUIRING_CAPACITY', 'CONFIGURING')], [8, { type: 'NodeReplaced', data: { nodes: 1, launches: [replacing] } }],
      [9, { type: 'NodesOnline' }], [20, moved('CONFIGURING', 'RUNNING')], [32, { type: 'NodeSpared', data: { nodes: 1, launches: [refused] } }],
    ));
    expect(outline(trace).filter((line) => /launch|boot|RUNNING|CONFIG/.test(line))).toEqual([
      '    CONFIGURING 2–20', '      boot 2–9', '        launch 7–7.5', '    RUNNING 20–', '      launch 31–31.4 ! InvalidAMIID.NotFound',
    ]);
    expect(find(trace, 'CONFIGURING').events.map(({ name }) => name)).toEqual(['NodeReplaced', 'NodesOnline']);
  });

  it('names the nodes on which a step failed', () => {
    const trace = jobTrace(aTracedJob(), aHistory(
      [0, submitted], [1, moved('PENDING', 'ACQUIRING_CAPACITY')], [2, moved('ACQUIRING_CAPACITY', 'CONFIGURING')],
      [3, { type: 'StepStarted', data: { step: 'configure/0', name: 'Warm up' } }],
      [4, { type: 'StepFinished', data: { step: 'configure/0', kind: 'failed', exitCode: 1, failed: ['workers-40'], failedCount: 1 }, message: 'Warm up exited with 1 on workers-40.' }],
    ));
    expect(find(trace, 'Warm up').attributes).toMatchObject({ 'orchestrator.step.failed_nodes': ['workers-40'], 'orchestrator.step.failed_count': 1, 'process.exit.code': 1 });
  });

  it('links an attempt to the one before it', () => {
    const trace = jobTrace(aTracedJob({ attempts: [{ attempt: 1, outcome: 'INTERRUPTED', reason: { code: 'NodeLost', message: 'workers-1 no longer runs.' } }, { attempt: 2 }] }), aHistory(
      [0, submitted],
      [1, moved('PENDING', 'ACQUIRING_CAPACITY')],
      [2, moved('ACQUIRING_CAPACITY', 'CONFIGURING')],
      [3, moved('CONFIGURING', 'CONFIGURATION_FAILED', 'INTERRUPTED', 'workers-1 no longer runs.')],
      [4, moved('CONFIGURATION_FAILED', 'DESTROYING', 'INTERRUPTED')],
      [5, { type: 'AttemptRetried', data: { outcome: 'INTERRUPTED' } }],
      [5, moved('DESTROYING', 'PENDING')],
      [6, moved('PENDING', 'ACQUIRING_CAPACITY'), 2],
    ));
    expect(outline(trace)).toEqual([
      'job 0–',
      '  attempt 0–5 ! workers-1 no longer runs.', '    PENDING 0–1', '    ACQUIRING_CAPACITY 1–2', '      turn 1–2',
      '    CONFIGURING 2–3 ! workers-1 no longer runs.', '      boot 2–3 ! workers-1 no longer runs.', '    CONFIGURATION_FAILED 3–4', '    DESTROYING 4–5',
      '  attempt 5–', '    PENDING 5–6', '    ACQUIRING_CAPACITY 6–', '      turn 6–',
    ]);
    expect(find(trace, 'attempt', 0).attributes).toMatchObject({ 'error.type': 'NodeLost', 'orchestrator.outcome': 'INTERRUPTED' });
    expect(find(trace, 'attempt', 1).links).toEqual([{ spanId: find(trace, 'attempt', 0).spanId, attributes: { 'orchestrator.link': 'retry of' } }]);
  });

  it('marks the search for capacity where an attempt ends with it', () => {
    const trace = jobTrace(aTracedJob(), aHistory(
      [0, submitted], [1, moved('PENDING', 'ACQUIRING_CAPACITY')],
      [9, { type: 'AttemptRetried', data: { outcome: 'NO_CAPACITY' }, message: 'no capacity in time' }], [9, moved('ACQUIRING_CAPACITY', 'PENDING')],
    ));
    expect(find(trace, 'ACQUIRING_CAPACITY').error).toBe('no capacity in time');
    expect(find(trace, 'attempt').error).toBe('no capacity in time');
  });

  it('begins an attempt anew that was given up in the queue', () => {
    const trace = jobTrace(aTracedJob(), aHistory(
      [0, submitted], [8, { type: 'AttemptRetried', data: { outcome: 'NO_CAPACITY' }, message: 'held back for its whole time' }], [9, moved('PENDING', 'ACQUIRING_CAPACITY'), 2],
    ));
    expect(outline(trace)).toEqual([
      'job 0–', '  attempt 0–8 ! held back for its whole time', '    PENDING 0–8 ! held back for its whole time',
      '  attempt 8–', '    PENDING 8–9', '    ACQUIRING_CAPACITY 9–', '      turn 9–',
    ]);
  });

  it('begins a boot anew for nodes that take the place of lost ones, and tells the rounds of a step apart', () => {
    const trace = jobTrace(aTracedJob(), aHistory(
      [0, submitted], [1, moved('PENDING', 'ACQUIRING_CAPACITY')], [2, moved('ACQUIRING_CAPACITY', 'CONFIGURING')], [3, { type: 'NodesOnline' }],
      [4, { type: 'StepStarted', data: { step: 'configure/0', name: 'Share /data' } }], [5, { type: 'StepFinished', data: { step: 'configure/0', kind: 'phaseDone', exitCode: 0 } }],
      [6, moved('CONFIGURING', 'RUNNING')], [6, { type: 'StepStarted', data: { step: 'run/0', name: 'Train' } }],
      [10, { type: 'NodeInterrupted' }], [11, { type: 'NodeLost', data: { answer: 'replace' } }], [12, { type: 'NodeReplaced' }], [15, { type: 'NodesOnline' }],
      [16, { type: 'StepStarted', data: { step: 'configure/0.1', name: 'Share /data' } }],
    ));
    expect(outline(trace).slice(8)).toEqual(['    RUNNING 6–', '      Train 6–', '      boot 11–15', '      Share /data 16–']);
    expect(find(trace, 'RUNNING').events.map(({ name }) => name)).toEqual(['NodeInterrupted', 'NodeLost', 'NodeReplaced', 'NodesOnline']);
    expect(find(trace, 'boot', 1).attributes).toMatchObject({ 'orchestrator.round': 1 });
  });

  it('ends a step with its state that somebody cancelled, and does not call that a failure', () => {
    const trace = jobTrace(aTracedJob({ outcome: 'CANCELLED' }), aHistory(
      [0, submitted], [1, moved('PENDING', 'ACQUIRING_CAPACITY')], [2, moved('ACQUIRING_CAPACITY', 'CONFIGURING')], [6, moved('CONFIGURING', 'RUNNING')],
      [6, { type: 'StepStarted', data: { step: 'run/0', name: 'Train' } }], [8, { type: 'CancelRequested' }], [9, moved('RUNNING', 'RUN_FAILED', 'CANCELLED')],
      [9, moved('RUN_FAILED', 'POST_RUN', 'CANCELLED')], [10, { type: 'StepFinished', data: { step: 'run/0', kind: 'failed', exitCode: 143 } }],
      [11, moved('POST_RUN', 'POST_RUN_FAILED', 'CANCELLED', 'Upload exited with 1.')],
    ));
    expect(find(trace, 'Train')).toMatchObject({ endMs: SUBMITTED_MS + 9_000 });
    expect(find(trace, 'POST_RUN').events).toMatchObject([{ name: 'StepFinished' }]);
    expect(trace.spans.filter(({ error }) => error !== undefined).map(({ name, error }) => [name, error])).toEqual([['POST_RUN', 'Upload exited with 1.']]);
  });

  it('says what holds a job back, and since when capacity did', () => {
    const waiting = { code: 'Quota', message: 'vCPUs of P are all in use.' };
    expect(find(jobTrace(aTracedJob({ waiting }), aHistory([0, submitted])), 'PENDING').attributes).toMatchObject({ 'orchestrator.waiting.code': 'Quota' });
    const admission = { ...moved('PENDING', 'ACQUIRING_CAPACITY'), data: { heldBackSinceMs: SUBMITTED_MS + 3_000 } };
    const trace = jobTrace(aTracedJob({ waiting }), aHistory([0, submitted], [2, { type: 'PriorityChanged' }], [9, admission]));
    expect(find(trace, 'PENDING').events.map(({ name, atMs }) => [name, atMs - SUBMITTED_MS])).toEqual([['PriorityChanged', 2_000], ['HeldBack', 3_000]]);
    expect(find(trace, 'PENDING').attributes).not.toHaveProperty('orchestrator.waiting.code');
  });

  it('says for what a job waited, one event each, within its wait', () => {
    const at = (seconds: number): number => SUBMITTED_MS + seconds * 1000;
    const waited = [
      { code: 'LimitReached', sinceMs: at(-5), untilMs: at(3), detail: 'namespace lattice' }, { code: 'Paused', sinceMs: at(3), untilMs: at(5), detail: 'the queue, by ops: bill' },
      { code: 'LimitReached', sinceMs: at(5), untilMs: at(99), detail: 'namespace lattice' }, { code: 'OfALaterRelease', sinceMs: at(8), untilMs: at(9) }, { sinceMs: at(1) }, 'none',
    ];
    const history = aHistory([0, submitted], [4, { type: 'PriorityChanged' }], [9, { ...moved('PENDING', 'ACQUIRING_CAPACITY'), data: { waited } }]);
    const { events, attributes } = find(jobTrace(aTracedJob(), history), 'PENDING');
    expect(events.map(({ atMs, attributes: of }) => [(atMs - SUBMITTED_MS) / 1000, of['orchestrator.waited.code'], of['orchestrator.waited.seconds']])).toEqual([
      [0, 'LimitReached', 3], [3, 'Paused', 2], [4, undefined, undefined], [5, 'LimitReached', 4], [8, 'OfALaterRelease', 1],
    ]);
    expect(events.map(({ attributes: of }) => of['orchestrator.message'])).toEqual([
      'for a limit of namespace lattice', 'for the end of a pause of the queue, by ops: bill', expect.any(String), 'for a limit of namespace lattice', 'OfALaterRelease',
    ]);
    expect(attributes).toMatchObject({ 'orchestrator.waited.codes': ['LimitReached', 'Paused', 'OfALaterRelease'], 'orchestrator.waited.longest': 'LimitReached', 'orchestrator.waited.longest_seconds': 7 });
  });

  it('says it of a job that was given up in the queue, and of each attempt of one that waits on', () => {
    const waited = (from: number, to: number) => [
      { code: 'Queued', sinceMs: SUBMITTED_MS + from * 1000, untilMs: SUBMITTED_MS + to * 1000 }, { code: 'CoolingDown', sinceMs: SUBMITTED_MS + from * 1000, untilMs: SUBMITTED_MS + to * 1000 },
    ];
    const retried = { type: 'AttemptRetried', data: { outcome: 'NO_CAPACITY', attempt: 1, waited: waited(0, 60) } } as const;
    const ended = { ...moved('PENDING', 'DONE'), attempt: 2, data: { outcome: 'NO_CAPACITY', waited: waited(60, 90) } };
    const { spans } = jobTrace(aTracedJob({ outcome: 'NO_CAPACITY' }), aHistory([0, submitted], [60, retried], [90, ended]));
    const waits = spans.filter(({ name }) => name === 'PENDING').map(({ attributes: of }) => [of['orchestrator.waited.codes'], of['orchestrator.waited.longest'], of['orchestrator.waited.longest_seconds']]);
    expect(waits).toEqual([60, 30].map((seconds) => [['Queued', 'CoolingDown'], 'CoolingDown', seconds]));
  });

  it('says how the job ended, and what Slurm said', () => {
    const scheduler = { id: '12', state: 'COMPLETED', nodes: 'workers-[0-3]', restarts: 1 };
    const [root] = jobTrace(aTracedJob({ outcome: 'SUCCEEDED', exitCode: 0, scheduler, labels: { team: 'folding' }, runtime: 'Slurm', runtimeVersion: '22.05.8' }), []).spans;
    expect(root?.attributes).toMatchObject({
      'orchestrator.outcome': 'SUCCEEDED', 'process.exit.code': 0, 'orchestrator.scheduler.nodes': 'workers-[0-3]', 'orchestrator.scheduler.restarts': 1,
      'orchestrator.label.team': 'folding', 'user.name': 'ada', 'orchestrator.runtime.version': '22.05.8',
    });
  });

  it('keeps what comes after the end', () => {
    const trace = jobTrace(aTracedJob(), aHistory(
      [0, submitted], [1, moved('PENDING', 'ACQUIRING_CAPACITY')], [2, moved('ACQUIRING_CAPACITY', 'DESTROYING', 'NO_CAPACITY', 'leaked')],
      [3, moved('DESTROYING', 'DESTRUCTION_FAILED', 'NO_CAPACITY', 'an instance is still there')], [90, { type: 'NodesGone' }],
    ));
    expect(outline(trace).filter((line) => line.includes('!'))).toEqual([
      'job 0–3 ! leaked', '  attempt 0–3 ! leaked', '    ACQUIRING_CAPACITY 1–2 ! leaked', '      turn 1–2 ! leaked', '    DESTROYING 2–3 ! an instance is still there',
    ]);
    expect(trace.spans[0]?.events.map(({ name }) => name)).toEqual(['NodesGone']);
  });
});
