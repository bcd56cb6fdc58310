import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { epochMs, jobId, microUsd } from '../../../../core/job/ids.ts';
import type { Attempt, JobEvent } from '../../../../core/job/job.ts';
import { jobTrace } from '../../../../core/trace/job-trace.ts';
import { SPAN_CLOSED } from '../../../../core/trace/span-line.ts';
import { aHistory, aToldLaunch, failedLife, moved, SUBMITTED_MS } from '../../../builders/trace.ts';
import { TelemetryWorld } from './telemetry-world.ts';

const cost = [{ pool: 'workers', market: 'spot', nodes: 4, seconds: 3600, microUsd: microUsd(2_500_000), savedMicroUsd: microUsd(0) }] as const;
const ended = { outcome: 'FAILED', state: 'DONE', cost, labels: { 'cost-center': 'fold' } } as const;

let world: TelemetryWorld;
let life: readonly JobEvent[];

beforeEach(() => {
  world = new TelemetryWorld();
  life = world.add(ended, failedLife());
});

const named = (name: string) => world.measured.filter((one) => one.name === name);
const spanLines = () => world.lines.filter(({ message }) => message === SPAN_CLOSED).map(({ facts }) => facts);

describe('telemetry of jobs', () => {
  it('sends the whole trace, the root last, and writes a line of each span', async () => {
    await world.process().tell(life);
    const { spans, traceId } = jobTrace({ ...world.jobs.get(life[0]?.jobId ?? '')!.job, attempts: [] }, failedLife());
    expect(world.sent.map(({ spanId }) => spanId).toSorted()).toEqual(spans.map(({ spanId }) => spanId).toSorted());
    expect(world.sent.at(-1)).toMatchObject({ traceId, name: 'job', error: 'Train exited with 7 on head-0.', attributes: { 'orchestrator.job.id': life[0]?.jobId } });
    expect(spanLines()).toHaveLength(spans.length);
    expect(spanLines().at(-1)).toEqual(expect.objectContaining({
      subject: 'job', seconds: 60, failed: 1, outcome: 'FAILED', costUsd: 2.5, labels: { 'cost-center': 'fold' }, user: 'ada', manifest: 'cluster', traceId, attempt: 1,
    }));
    expect(spanLines().find(({ subject }) => subject === 'launch')).toEqual(expect.objectContaining({
      pool: 'workers', market: 'spot', types: 'c6i.large', zones: 'us-east-1a', codes: 'InsufficientInstanceCapacity', asked: 4, launched: 2, seconds: 0.4, failed: 0,
    }));
    expect(named('SpansExported')).toEqual([{ name: 'SpansExported', value: spans.length, dimensions: {} }]);
  });

  it('reads nothing but the record and the attempt of a job that it sees from its begin', async () => {
    const process = world.process();
    for (const entry of life) await process.tell([entry]);
    expect(world.reads).toEqual(['get', 'get', 'attempt']);
  });

  it('tells of a job the same by several processes, whatever each of them has seen, and says nothing twice that came once', async () => {
    await world.process().tell(life);
    const whole = world.sent.splice(0).toSorted((a, b) => a.spanId.localeCompare(b.spanId));
    const measured = world.measured.splice(0).filter(({ name }) => name !== 'SpansExported');
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 5 })), { minLength: 20, maxLength: 20 }), fc.boolean(), async (turns, turned) => {
      world.sent.splice(0);
      world.measured.splice(0);
      const processes = [world.process(), world.process(), world.process()];
      let at = 0;
      for (const [which, length] of turns) {
        const batch = life.slice(at, at + length);
        at += length;
        await processes[which]?.tell(turned ? batch.toReversed() : batch);
      }
      expect(world.sent.toSorted((a, b) => a.spanId.localeCompare(b.spanId))).toEqual(whole);
      const sums = (all: typeof measured) => Object.fromEntries([...Map.groupBy(all, ({ name, dimensions }) => JSON.stringify([name, dimensions]))]
        .map(([key, group]) => [key, group.reduce((sum, { value }) => sum + value, 0)]).toSorted(([a], [b]) => String(a).localeCompare(String(b))));
      expect(sums(world.measured.filter(({ name }) => name !== 'SpansExported'))).toEqual(sums(measured));
    }), { numRuns: 30 });
  });

  it('goes on from the history where it has seen no begin', async () => {
    await world.process().tell(life.slice(-1));
    expect(world.reads).toEqual(['events', 'get', 'attempt']);
    expect(world.sent.map(({ name }) => name)).toEqual(['DESTROYING', 'DONE', 'attempt', 'job']);
  });

  it('tells why attempts ended that were not the last', async () => {
    const events = world.add({ jobId: jobId('01hjob0000000000000000000b') }, failedLife().slice(0, 3).map((event, i) => i < 2 ? event : { ...event, type: 'AttemptRetried', data: { outcome: 'NO_CAPACITY' } }));
    const known = world.jobs.get('01hjob0000000000000000000b')!;
    known.attempts = [{ attempt: 1, reason: { code: 'NoCapacity', message: 'None was left.' } } as NonNullable<typeof known.attempts>[number]];
    const last = { ...events[2]!, number: 4, type: 'StateChanged', from: 'ACQUIRING_CAPACITY', to: 'PENDING' } as const;
    known.history = [...events, last];
    await world.process().tell(known.history);
    expect(world.sent.find(({ name }) => name === 'attempt')?.attributes).toMatchObject({ 'orchestrator.reason': 'None was left.', 'error.type': 'NoCapacity' });
  });

  it('counts what an endpoint does not take, says why, and goes on', async () => {
    world.exported = async (spans) => ({ taken: 3, dropped: spans.length - 3, why: 'HTTP 500' });
    await world.process().tell(life);
    expect(named('SpansDropped')).toEqual([{ name: 'SpansDropped', value: spanLines().length - 3, dimensions: {} }]);
    expect(world.lines.filter(({ message }) => message === 'Spans dropped').map(({ facts }) => facts)).toEqual([{ dropped: spanLines().length - 3, why: 'HTTP 500' }]);
    expect(named('JobsEnded')).toHaveLength(1);
  });

  it('survives an exporter that throws, and a store that does', async () => {
    world.exported = () => Promise.reject(new Error('no'));
    await world.process().tell(life);
    expect(named('SpansDropped')[0]?.value).toBe(spanLines().length);
    world.measured.splice(0);
    world.readFails = new Error('throttled');
    await world.process().tell(life);
    expect(world.measured).toEqual([{ name: 'SpansDropped', value: life.length, dimensions: {} }]);
    expect(world.lines.at(-1)?.message).toBe('A history could not be told');
  });

  it('leaves out jobs of which the store says nothing, and those for which it is too late then; passes over what is no entry', async () => {
    const many = Array.from({ length: 25 }, (_, i) => world.add({ jobId: jobId(`01hjob00000000000000000${100 + i}`) }, failedLife()));
    world.hanging.add(many[12]?.[0]?.jobId ?? '');
    await world.process(true, 50).tell([{ pk: 'AUDIT' }, undefined, ...many.flat()]);
    expect(named('JobsSubmitted')).toHaveLength(19);
    expect(named('SpansDropped')[0]?.value).toBe(6 * life.length);
  });

  it('counts an entry of a type that it does not know, and says which', async () => {
    const [first] = life;
    await world.process().tell([{ ...first, type: 'JobTeleported' }, { pk: 'AUDIT' }]);
    expect(world.measured).toEqual([{ name: 'SpansDropped', value: 1, dimensions: {} }]);
    expect(world.lines).toEqual([{ message: 'An entry could not be read', facts: { jobId: first?.jobId, number: 1, type: 'JobTeleported' } }]);
  });

  it('exports nothing for a deployment without traces, and has its lines and metrics', async () => {
    await world.process(false).tell(life);
    expect(world.sent).toEqual([]);
    expect(spanLines()).toHaveLength(18);
    expect(world.measured.some(({ name }) => name.startsWith('Spans'))).toBe(false);
  });

  it('counts no rehearsals', async () => {
    const rehearsed = world.add({ ...ended, provider: 'simulated' }, failedLife());
    await world.process().tell(rehearsed);
    expect(world.measured.map(({ name }) => name)).toEqual(['SpansExported']);
    expect(spanLines()[0]).toMatchObject({ provider: 'simulated' });
  });

  it('forgets old jobs for new ones', async () => {
    const process = world.process();
    const launches = Array.from({ length: 4 }, (_, i) => aToldLaunch({ ordinal: i + 1 }));
    const long = (id: string) => world.add({ jobId: jobId(id) }, Array.from({ length: 6_000 }, (_, i) => ({ number: i + 1, atMs: epochMs(SUBMITTED_MS + i), attempt: 1, type: i === 0 ? 'JobSubmitted' as const : 'GangReleased' as const, message: '', data: { launches } })));
    const [first, second] = [long('01hjob0000000000000000000x'), long('01hjob0000000000000000000y')];
    await process.tell(first);
    await process.tell(second);
    world.reads.splice(0);
    await process.tell(second.slice(-1));
    expect(world.reads).toEqual([]);
    await process.tell(first.slice(-1));
    expect(world.reads).toEqual(['events', 'get']);
  });

  it('reads no history that is too long to be told, and measures how such a job ended', async () => {
    const process = world.process();
    const entries = life.map((entry) => ({ ...entry, number: entry.number + 10_000 }));
    for (const entry of entries) await process.tell([entry]);
    expect(world.reads).toEqual(['get', 'get']);
    expect(world.measured.filter(({ name }) => name !== 'SpansDropped').map(({ name }) => name)).toEqual(['JobsEnded', 'JobCostUsd', 'JobCostUsdByLabel']);
    expect(named('SpansDropped')).toHaveLength(entries.length);
  });

  it('reads a history once that tells of more launches than may be kept', async () => {
    const launches = Array.from({ length: 40 }, (_, i) => aToldLaunch({ ordinal: i + 1 }));
    const id = jobId('01hjob0000000000000000000h');
    const heavy = world.add({ jobId: id }, aHistory(...Array.from({ length: 1_001 }, (_, i) => [i, { type: 'GangReleased', data: { launches } }] as const)));
    const process = world.process();
    await process.tell(heavy.slice(-2, -1));
    await process.tell(heavy.slice(-1));
    expect(world.reads).toEqual(['events', 'get']);
  });

  it('tells of the attempts of a retried job the same at any time, whatever its record was when they were told', async () => {
    const retried = aHistory(
      ...[1, 2].flatMap((attempt) => [
        [10 * attempt, moved('PENDING', 'ACQUIRING_CAPACITY'), attempt], [10 * attempt + 1, { type: 'AttemptRetried', data: { outcome: 'INTERRUPTED' } }, attempt],
        [10 * attempt + 2, moved('ACQUIRING_CAPACITY', 'PENDING'), attempt],
      ] as const),
      [30, moved('PENDING', 'ACQUIRING_CAPACITY'), 3], [31, moved('ACQUIRING_CAPACITY', 'DESTROYING', 'CANCELLED'), 3], [32, moved('DESTROYING', 'DONE', 'CANCELLED'), 3],
    );
    const id = jobId('01hjob0000000000000000000r');
    const attempts = [1, 2, 3].map((attempt) => ({ attempt, reason: { code: 'Ended', message: `as attempt ${attempt} did` } })) as unknown as readonly Attempt[];
    const final = { jobId: id, attempt: 3, outcome: 'CANCELLED', state: 'DONE' } as const;
    await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 9, maxLength: 9 }), fc.boolean(), async (sizes, isFresh) => {
      world.sent.splice(0);
      let process = world.process();
      for (let at = 0, turn = 0; at < retried.length; turn += 1) {
        const batch = retried.slice(at, (at += sizes[turn] ?? 1));
        const last = batch.at(-1);
        const known = world.add(last?.to === 'DONE' ? final : { jobId: id, attempt: last?.attempt ?? 1 }, retried.slice(0, at));
        Object.assign(world.jobs.get(id) ?? {}, { attempts });
        if (isFresh) process = world.process();
        await process.tell(known.slice(-batch.length));
      }
      const whole = jobTrace({ ...world.jobs.get(id)!.job, attempts }, retried).spans;
      expect(world.sent.at(-1)?.attributes).toMatchObject({ 'orchestrator.job.attempts': 3, 'orchestrator.outcome': 'CANCELLED' });
      for (const { spanId, attributes } of whole) expect(world.sent.find((sent) => sent.spanId === spanId)?.attributes).toMatchObject(attributes);
    }), { numRuns: 30 });
  });
});
