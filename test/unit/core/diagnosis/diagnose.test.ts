import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { causeCodes, causes } from '../../../../core/diagnosis/causes/causes.ts';
import { answeredCodes } from '../../../../core/diagnosis/caught-error.ts';
import { diagnosisReference } from '../../../../core/diagnosis/reference.ts';
import { rules } from '../../../../core/diagnosis/rules/rules.ts';
import { causeOfObstacle } from '../../../../core/diagnosis/rules/waiting-rules.ts';
import { epochMs, instanceId, microUsd } from '../../../../core/job/ids.ts';
import type { LaunchRecord } from '../../../../core/capacity/gang.ts';
import type { Node } from '../../../../core/job/job.ts';
import type { Outcome } from '../../../../core/lifecycle/states.ts';
import { anEvent, whyOf } from '../../../builders/diagnosis.ts';
import { aHold, aJob } from '../../../builders/job.ts';
import { anchorsOf, root, textOf } from '../../docs/pages.ts';

const holding = (code: string, more = {}) => ({ code, message: `It is ${code}.`, hints: ['A hint.'], ...more });
const parked = { state: 'ACQUIRING_CAPACITY', parked: true, reason: { code: 'NoCapacity', message: '3 nodes short after 6 launch calls.' } } as const;

const outcomeOf: Readonly<Record<string, Outcome>> = { Cancelled: 'CANCELLED', CapacityTimeout: 'NO_CAPACITY', NoCapacity: 'NO_CAPACITY', TtlExceeded: 'TIMED_OUT' };

describe('the causes', () => {
  it.each(causeCodes)('%s is found by a rule, and has a section in the runbook', (code) => {
    expect(rules.some(({ cause }) => cause === code)).toBe(true);
    const [page = '', section = ''] = causes[code].runbook.split('#');
    expect(anchorsOf(page).has(section)).toBe(true);
  });

  it('are listed in the documentation as they are', () => {
    expect(textOf('docs/diagnosis.md')).toBe(diagnosisReference());
  });

  it('know every reason that a task or the lifecycle gives', () => {
    const sources = globSync(['core/lifecycle/*.ts', 'lambdas/lifecycle/**/*.ts', 'statemachines/*.json'], { cwd: root }).map((file) => readFileSync(`${root}${file}`, 'utf8')).join('\n');
    const given = [...sources.matchAll(/\bcode"?: ["']([A-Z]\w+)["']/g)].map(([, code = '']) => code);
    // What `explain` says of a job that goes on is no reason of its end.
    const progress = readFileSync(`${root}core/lifecycle/describe-progress.ts`, 'utf8');
    const reasons = given.filter((code) => !progress.includes(`'${code}'`));
    expect(reasons.length).toBeGreaterThan(10);
    expect([...new Set(reasons)].filter((code) => !answeredCodes.includes(code))).toEqual([]);
  });

  it.each(['Slurm does not answer:', 'Slurm could not start batch job ', 'The step runner failed on this node.', 'no container engine on this machine'])('know what nodes say: %j', (words) => {
    const sources = globSync('nodes/**/*.{sh,py}', { cwd: root }).map((file) => readFileSync(`${root}${file}`, 'utf8')).join('\n');
    expect(sources).toContain(words);
    expect(readFileSync(`${root}core/diagnosis/rules/step-rules.ts`, 'utf8')).toContain(words.replace(/\.$/, String.raw`\.`));
  });

  it.each(answeredCodes.filter((code) => code !== 'Unexplained'))('explain a job that ended with the reason %s', (code) => {
    const outcome = outcomeOf[code] ?? 'FAILED';
    expect(whyOf({ state: 'DONE', outcome, reason: { code, message: 'As it was.' } }).cause).not.toBe('Unexplained');
  });
});

describe('of a job that waits', () => {
  it.each(Object.entries(causeOfObstacle))('%s is %s', (code, cause) => {
    const found = whyOf({ submittedAtMs: epochMs(1_900_000) }, { holding: holding(code) });
    expect(found).toMatchObject({ cause, evidence: { state: 'PENDING' }, youCanDo: expect.arrayContaining(['A hint.']) });
    expect(found.sentence).toMatch(new RegExp(`^It is ${code}\\.`));
  });

  it('for the scheduler: it may start and is left', () => {
    const shares = (runningJobs: number) => ({ shares: [{ kind: 'deployment', held: { runningJobs } }] });
    expect(whyOf({}, { holding: holding('Starts', shares(0)) })).toMatchObject({ cause: 'SchedulerSilent', certainty: 'likely', runbook: 'docs/runbook/README.md#scheduler-silent' });
    expect(whyOf({}, { holding: holding('Starts', shares(3)) })).toMatchObject({ cause: 'StartsNext', others: [{ cause: 'SchedulerSilent', certainty: 'possible' }] });
    expect(whyOf({ queuedAtMs: epochMs(1_990_000) }, { holding: holding('Starts') })).toMatchObject({ cause: 'StartsNext', bearing: 'well' });
  });

  it('for a scheduler that nobody has seen since, though it may start', () => {
    const free = { holding: holding('Starts', { shares: [{ kind: 'deployment', held: { runningJobs: 3 } }] }) };
    const queuedAtMs = epochMs(1_950_000);
    const silent = (scheduledAtMs: number, job: object = { queuedAtMs }) => whyOf(job, { ...free, scheduledAtMs: epochMs(scheduledAtMs) });
    expect(silent(1_940_000)).toMatchObject({ cause: 'SchedulerSilent', certainty: 'likely', sentence: expect.stringContaining('one was seen last at 1970-01-01T00:32:20.000Z') });
    expect(silent(1_951_000)).toMatchObject({ cause: 'StartsNext' });
    expect(silent(1_700_000, { queuedAtMs: epochMs(1_800_000) })).toMatchObject({ cause: 'SchedulerSilent', certainty: 'certain' });
    expect(silent(1_810_000, { queuedAtMs: epochMs(1_800_000) })).toMatchObject({ cause: 'SchedulerSilent', certainty: 'certain' });
    expect(whyOf({ queuedAtMs }, { holding: holding('LimitReached'), scheduledAtMs: epochMs(1_700_000) })).toMatchObject({ cause: 'WaitingForLimit' });
  });

  it.each([
    [['InsufficientInstanceCapacity', 'VcpuLimitExceeded'], 'NoCapacity'],
    [['VcpuLimitExceeded', 'MaxSpotInstanceCountExceeded'], 'AccountQuota'],
    [['RequestLimitExceeded'], 'CloudThrottled'],
    [['InsufficientFreeAddressesInSubnet', 'Paused'], 'NoAddresses'],
  ])('for what cools with %j: %s', (codes, cause) => {
    const cooling = codes.map((code) => ({ scope: 'x', code }));
    expect(whyOf({}, { holding: holding('CoolingDown', { cooling }) }).cause).toBe(cause);
    expect(whyOf(parked, { holding: holding('Parked', { cooling }) }).cause).toBe(cause);
  });

  it('says of a mixture that a quota is in it', () => {
    const cooling = ['InsufficientInstanceCapacity', 'VcpuLimitExceeded'].map((code) => ({ scope: 'x', code }));
    expect(whyOf(parked, { holding: holding('Parked', { cooling }) }).others).toMatchObject([{ cause: 'AccountQuota', certainty: 'possible' }]);
  });

  it('says of one that was parked and may try again what it was parked for', () => {
    const found = whyOf({ ...parked, reason: { code: 'NoCapacity', message: '3 nodes short after 1 launch calls (VcpuLimitExceeded).' } }, { holding: holding('Starts') });
    expect(found).toMatchObject({ cause: 'AccountQuota', sentence: '3 nodes short after 1 launch calls (VcpuLimitExceeded). Its next turn is due.' });
  });

  it('after a pause, or for its budget, where that is all that its turn has found', () => {
    expect(whyOf({ ...parked, reason: { code: 'NoCapacity', message: '3 nodes short after 0 launch calls (ops has paused market spot: price spike).' } }).cause).toBe('Paused');
    expect(whyOf({ ...parked, reason: { code: 'NoCapacity', message: '3 nodes short after 0 launch calls: the job costs at least 9.00 USD per hour at the prices known now, more than its limit of 1.00.' } }).cause).toBe('BudgetReached');
  });

  it('in another attempt', () => {
    const attempts = [{ jobId: aJob().jobId, namespace: 'research', user: 'ada', attempt: 1, state: 'DONE', outcome: 'INTERRUPTED', reason: { code: 'NodeLost', message: 'gone.' }, admittedAtMs: epochMs(1), amounts: aJob().demand, hold: aHold(), active: false }] as const;
    expect(whyOf({ attempt: 2, retry: { maxAttempts: 3, on: ['INTERRUPTED'] } }, { attempts, holding: holding('LimitReached') })).toMatchObject({
      cause: 'WaitingForLimit', sentence: expect.stringContaining('It is attempt 2 of 3.'), evidence: { earlier: [{ attempt: 1, outcome: 'INTERRUPTED', message: 'gone.' }] },
    });
  });
});

describe('the evidence', () => {
  const launch = (fields: Partial<LaunchRecord>): LaunchRecord => ({
    jobId: aJob().jobId, attempt: 1, ordinal: 1, pool: 'workers', instanceTypes: ['c6i.large'], market: 'spot', zones: ['us-east-1a'], count: 2, minimum: 2, clientToken: 'token', requestedAtMs: epochMs(1), ...fields,
  });

  it('has each error of the cloud once, with the request id that support asks for', () => {
    const unavailable = (zone: string) => [{ offering: { instanceType: 'c6i.large', zone, market: 'spot' as const }, code: 'InsufficientInstanceCapacity', message: 'none left' }];
    const launches = [
      launch({ ordinal: 1, ends: 'turn', result: { launched: [], unavailable: unavailable('us-east-1c'), requestId: 'before' } }),
      launch({ ordinal: 2, result: { launched: [], unavailable: unavailable('us-east-1a'), requestId: 'first' } }),
      launch({ ordinal: 3, result: { launched: [], unavailable: unavailable('us-east-1b'), requestId: 'second' } }),
      launch({ ordinal: 4, result: { launched: [], unavailable: [], requestId: 'third', rejected: { code: 'UnauthorizedOperation', message: 'x'.repeat(5000) } } }),
      launch({ ordinal: 5 }),
    ];
    const { evidence } = whyOf({ state: 'PROVISIONING_FAILED', outcome: 'FAILED', reason: { code: 'LaunchRejected', message: 'EC2 refused the launch: UnauthorizedOperation: no' } }, { launches });
    expect(evidence.cloud).toEqual([
      { code: 'InsufficientInstanceCapacity', message: 'none left', requestId: 'second', places: ['workers: c6i.large spot in us-east-1a', 'workers: c6i.large spot in us-east-1b'], calls: 2 },
      { code: 'UnauthorizedOperation', message: 'x'.repeat(600), requestId: 'third', places: ['workers: c6i.large spot in us-east-1a'], calls: 1 },
    ]);
  });

  const failed = (message: string, data = {}) => anEvent({ number: 9, type: 'StepFinished', message, data: { step: 'run/0', name: 'train', kind: 'failed', exitCode: 1, ...data } });

  it('has at most 20 lines of 4 KiB together, the last ones', () => {
    const reason = { code: 'StepFailed', message: 'train exited with 1 on head-0.' };
    const of = (messages: readonly string[]) => whyOf({ state: 'DONE', outcome: 'FAILED', reason }, {
      history: [failed(reason.message)], lines: messages.map((message, n) => ({ atMs: epochMs(n), node: 'head-0', message })),
    }).evidence.lines.map(({ message }) => message);
    expect(of(Array.from({ length: 30 }, (_, n) => `${n}`))).toEqual(Array.from({ length: 20 }, (_, n) => `${n + 10}`));
    expect(of(['a'.repeat(3000), 'b'.repeat(3000)])).toEqual(['b'.repeat(3000)]);
    expect(new TextEncoder().encode(of(['x', 'ü'.repeat(9000)]).join('')).length).toBeLessThanOrEqual(4096);
  });

  it('quotes names of steps as one word of a shell', () => {
    const reason = { code: 'StepFailed', message: "it's; rm -rf / exited with 1 on head-0." };
    const { youCanDo } = whyOf({ state: 'DONE', outcome: 'FAILED', reason }, { history: [failed(reason.message, { name: "it's; rm -rf /" })] });
    expect(youCanDo).toContain(String.raw`Read what it wrote: orch logs research/01hjob0000000000000000000a --step 'it'\''s; rm -rf /'`);
  });

  it('leaves out what names nothing that is known', () => {
    const reason = { code: 'StepTimedOut', message: 'install is out of time, and its nodes do not answer.' };
    const found = whyOf({ state: 'DONE', outcome: 'TIMED_OUT', reason }, { history: [failed(reason.message, { step: 'configure/1', name: 'install', kind: 'timedOut', exitCode: null })] });
    expect(found).toMatchObject({ cause: 'StepTimedOut', evidence: { step: { key: 'configure/1', name: 'install' } } });
    expect(found.evidence.step).not.toHaveProperty('node');
  });

  it('does not take for a cancel in Slurm what the orchestrator ended there since its time was over', () => {
    const scheduler = { id: '7', state: 'CANCELLED by 0', nodes: 'head-0', restarts: 0 };
    const of = (kind: string, code: string) => whyOf(
      { state: 'DONE', outcome: 'FAILED', reason: { code, message: 'train ran out of time; exit code 124 on head-0' } },
      { history: [failed('train ran out of time; exit code 124 on head-0', { kind, exitCode: 124, scheduler })] },
    );
    expect(of('timedOut', 'StepTimedOut')).toMatchObject({ cause: 'StepTimedOut', others: [] });
    expect(of('failed', 'StepFailed')).toMatchObject({ cause: 'SlurmCancelled' });
  });

  it('tells how many of its machines are left', () => {
    const node: Node = {
      name: 'head-0', rank: 0, pool: 'head', instanceId: instanceId('i-1'), instanceType: 'm6i.large', zone: 'us-east-1a', market: 'spot', address: '10.0.0.1',
      launchedAtMs: epochMs(1), microUsdPerHour: microUsd(1),
    };
    const nodes = [node, { ...node, instanceId: instanceId('i-2'), goneAtMs: epochMs(2) }];
    expect(whyOf({ state: 'DESTRUCTION_FAILED', outcome: 'SUCCEEDED' }, { nodes }).sentence).toBe('1 of its 2 machines are not known to be gone, after six tries to end them.');
  });
});

describe('errors that Lambda has made a document of', () => {
  const cause = (document: object | string, code = 'Lambda.Unknown') =>
    whyOf({ state: 'DONE', outcome: 'FAILED', reason: { code, message: typeof document === 'string' ? document : JSON.stringify(document) } });

  it.each([
    ['DependencyThrottledError', 'EC2 asks for patience: RequestLimitExceeded', 'DependencyThrottled'],
    ['ThrottlingException', 'Rate exceeded', 'DependencyThrottled'],
    ['Runtime.HandlerError', 'SSM throttles (ThrottlingException): could not send a step.', 'DependencyThrottled'],
    ['Error', 'DynamoDB asks to slow down.', 'DependencyThrottled'],
    ['ConfigurationError', 'no subnet in us-east-1d', 'DeploymentIncomplete'],
    ['TypeError', 'x is "not" a function', 'InternalFailure'],
  ])('%s: %s is %s', (errorType, errorMessage, expected) => {
    const found = cause({ errorType, errorMessage, trace: ['at x', 'at y'] }, 'Runtime.HandlerError');
    expect(found).toMatchObject({ cause: expected, sentence: expect.stringContaining(`${errorType}: ${errorMessage}`) });
    expect(found.sentence).not.toContain('trace');
  });

  it('are read where they were cut off', () => {
    const whole = JSON.stringify({ errorType: 'TypeError', errorMessage: 'long '.repeat(300) });
    expect(cause(whole.slice(0, 1000)).sentence).toMatch(/TypeError: long long/);
  });

  it('are time-outs of a task too', () => {
    expect(cause('States.Timeout', 'States.Timeout')).toMatchObject({ cause: 'InternalFailure', sentence: 'An error that nobody foresaw ended the attempt: States.Timeout.' });
  });
});
