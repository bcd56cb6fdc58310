import { describe, expect, it, jest } from '@jest/globals';
import {
  OrchestratorApiError, OrchestratorConnectionError, followEvents, followLogs, hasEnded, jobStates as statesOfSdk, outcomes as outcomesOfSdk, waitForJob,
} from '@advanced-orchestrator/sdk';
import type { JobDetail, JobEvent, JobState, LogFilter, LogLine, PageRequest } from '@advanced-orchestrator/sdk';
import { MAX_LOG_PAGE } from '../../../core/api/fields.ts';
import { isTerminal, jobStates, outcomes } from '../../../core/lifecycle/states.ts';

const job = { namespace: 'research', jobId: '01hjob0000000000000000000a' };

function aJob(state: JobState, fields: Partial<JobDetail> = {}): JobDetail {
  return {
    ...job, manifest: { name: 'cluster', version: 1, digest: 'd' }, user: 'ada', labels: {}, priority: 500, runtime: 'None', state, attempt: 1, maxAttempts: 1,
    nodeCount: 1, maxUsdPerHour: 1, ttlSeconds: 60, hasScript: false, submittedAt: '2030-01-01T00:00:00.000Z', updatedAt: `2030-01-01T00:00:00.000Z ${state}`,
    attempts: [], nodes: [], costUsd: 0, cost: { nodes: 0, nodeHours: 0, usd: 0, savedUsd: 0, byPool: [] }, ...fields,
  };
}

const wait = async (): Promise<void> => {};

/** A job that is in the next of these states, or throws, whenever it is looked at. */
function jobThatIs(...states: readonly (JobState | Error)[]) {
  const left = [...states];
  const getJob = async (): Promise<JobDetail> => {
    const next = left.length > 1 ? left.shift() : left[0];
    if (next instanceof Error) throw next;
    return aJob(next ?? 'DONE');
  };
  return { getJob, left };
}

const problem = (status: number, retryAfterSeconds?: number): OrchestratorApiError =>
  new OrchestratorApiError({ type: 'about:blank', title: 't', status, detail: 'd', instance: '', requestId: 'r' }, { retryAfterSeconds });

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

it('names the states and outcomes that there are', () => {
  expect([statesOfSdk, outcomesOfSdk]).toEqual([jobStates, outcomes]);
});

it.each(jobStates)('knows whether %s is an end', (state) => {
  expect(hasEnded({ state })).toBe(isTerminal(state));
});

describe('waitForJob', () => {
  it('tells every change once, and asks less often while there is none', async () => {
    const waits: number[] = [];
    const seen: string[] = [];
    const client = jobThatIs('PENDING', 'PENDING', 'PENDING', 'RUNNING', ...Array.from({ length: 8 }, () => 'RUNNING' as const), 'DONE');
    const ended = await waitForJob(client, job, { wait: async (ms) => void waits.push(ms), onChange: ({ state }) => void seen.push(state) });
    expect(ended.state).toBe('DONE');
    expect(seen).toEqual(['PENDING', 'RUNNING', 'DONE']);
    expect(waits.slice(0, 5)).toEqual([2000, 3000, 4500, 2000, 3000]);
    expect(waits.at(-1)).toBe(15_000);
  });

  it('bears with a service that is away for a while, but not with one that was never there', async () => {
    const away = new OrchestratorConnectionError('http://127.0.0.1', new Error('refused'));
    await expect(waitForJob(jobThatIs('RUNNING', away, problem(503), problem(500), 'DONE'), job, { wait })).resolves.toMatchObject({ state: 'DONE' });
    await expect(waitForJob(jobThatIs(away, 'DONE'), job, { wait })).rejects.toBe(away);
    await expect(waitForJob(jobThatIs('RUNNING', ...Array.from({ length: 21 }, () => away), 'DONE'), job, { wait })).rejects.toBe(away);
    await expect(waitForJob(jobThatIs('RUNNING', problem(403), 'DONE'), job, { wait })).rejects.toMatchObject({ status: 403 });
  });

  it('waits as long as a busy service asks for, within bounds', async () => {
    const waits: number[] = [];
    const client = jobThatIs('RUNNING', problem(429, 40), problem(503, 2), problem(503, 9000), 'DONE');
    await waitForJob(client, job, { wait: async (ms) => void waits.push(ms) });
    expect(waits).toEqual([2000, 40_000, 15_000, 300_000]);
  });

  it('ends with the signal’s reason', async () => {
    const interruption = new AbortController();
    const waiting = waitForJob(jobThatIs('RUNNING'), job, { signal: interruption.signal, onChange: () => interruption.abort(new Error('enough')) });
    await expect(waiting).rejects.toThrow('enough');
  });
});

describe('followEvents', () => {
  it('gives every event once, while pages fill', async () => {
    const history: JobEvent[] = [];
    const grow = (amount: number): void => {
      for (let n = 0; n < amount; n += 1) history.push({ number: history.length + 1, at: '', attempt: 1, type: 'StepStarted', message: '' });
    };
    const listEvents = async (_job: unknown, { cursor = '0' }: PageRequest = {}) => {
      const from = Number(cursor);
      const items = history.slice(from, from + 3);
      return from + 3 < history.length ? { items, cursor: String(from + 3) } : { items };
    };
    grow(2);
    const client = { ...jobThatIs('PENDING', 'RUNNING', 'RUNNING', 'DONE'), listEvents };
    const events = await collect(followEvents(client, job, { wait: async () => grow(2) }));
    expect(events.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('asks less often while nothing happens', async () => {
    const history: JobEvent[] = [{ number: 1, at: '', attempt: 1, type: 'StepStarted', message: '' }];
    const waits: number[] = [];
    const client = { ...jobThatIs('PENDING', 'PENDING', 'PENDING', 'RUNNING', 'DONE'), listEvents: async () => ({ items: [...history] }) };
    await collect(followEvents(client, job, {
      wait: async (ms) => {
        if (waits.push(ms) === 3) history.push({ number: 2, at: '', attempt: 1, type: 'StepStarted', message: '' });
      },
    }));
    expect(waits).toEqual([2000, 3000, 4500, 2000]);
  });
});

const at = (seconds: number): string => new Date(Date.UTC(2030, 0, 1, 0, 0, seconds)).toISOString();

const line = (id: string, seconds: number, node = 'head'): LogLine => ({ id, at: at(seconds), attempt: 1, node, step: 's', message: id });

/** A log that answers in pages of two lines, oldest first. */
function aLog(...lines: readonly LogLine[]) {
  const written = [...lines];
  const failures: Error[] = [];
  const readLogs = async (_job: unknown, { since = '' }: LogFilter = {}, { cursor = '0' }: PageRequest = {}) => {
    const from = Number(cursor);
    // The first page is there, what follows may not be.
    if (from > 0 && failures.length > 0) throw failures.shift() ?? new Error('none');
    const found = written.filter((each) => each.at >= since).toSorted((a, b) => a.at.localeCompare(b.at));
    return { items: found.slice(from, from + 2), ...(from + 2 < found.length ? { cursor: String(from + 2) } : {}) };
  };
  return { written, failures, readLogs };
}

describe('followLogs', () => {
  it('gives every line once, also one that comes late, and reads little again', async () => {
    const log = [line('a', 0), line('b', 20)];
    const asked: (string | undefined)[] = [];
    const readLogs = async (_job: unknown, { since }: LogFilter = {}) => {
      asked.push(since);
      return { items: log.filter((each) => since === undefined || each.at >= since) };
    };
    const growth = [[line('late', 15), line('c', 21)], [line('d', 60)]];
    const client = { ...jobThatIs('RUNNING', 'RUNNING', 'DONE'), readLogs };
    const lines = await collect(followLogs(client, job, {}, { wait: async () => void log.push(...(growth.shift() ?? [])) }));
    expect(lines.map(({ id }) => id)).toEqual(['a', 'b', 'late', 'c', 'd']);
    expect(asked).toEqual([undefined, at(10), at(21 - 90)]);
  });

  it.each([['while the job runs', 20], ['at its end', 2]])('gives a line that comes 40 seconds late, %s', async (_when, looks) => {
    const log = aLog(line('a', 0, 'one'), line('c', 60, 'two'));
    let waits = 0;
    const shown: string[] = [];
    const client = { ...jobThatIs(...Array.from({ length: looks }, () => 'RUNNING' as const), 'DONE'), ...log };
    const lines = followLogs(client, job, {}, {
      wait: async () => {
        waits += 1;
        if (waits === 1) log.written.push(line('late', 20, 'one'));
        // 26 seconds later, although it asks less and less often.
        if (waits === 6) expect(shown).toContain('late');
      },
    });
    for await (const { id } of lines) shown.push(id);
    expect(shown.toSorted()).toEqual(['a', 'c', 'late']);
  });

  it('works no more for a burst than its length asks for', async () => {
    const burst = Array.from({ length: 40_000 }, (_, n) => ({ ...line(String(n), 0, `node-${n % 2}`), at: new Date(Date.UTC(2030, 0, 1) + n / 20).toISOString() }));
    const readLogs = async (_job: unknown, { since = '' }: LogFilter = {}, { cursor = '0' }: PageRequest = {}) => {
      const from = Number(cursor);
      const found = burst.filter((each) => each.at >= since);
      return { items: found.slice(from, from + 1000), ...(from + 1000 < found.length ? { cursor: String(from + 1000) } : {}) };
    };
    const sorted = jest.spyOn(Array.prototype, 'toSorted');
    const walked = jest.spyOn(Map.prototype as { [Symbol.iterator]: () => unknown }, Symbol.iterator);
    const lines = await collect(followLogs({ ...jobThatIs('RUNNING', 'DONE'), readLogs }, job, {}, { wait }));
    const work = sorted.mock.contexts.reduce((sum: number, each) => sum + (each as readonly unknown[]).length, 0);
    const walks = walked.mock.calls.length;
    sorted.mockRestore();
    walked.mockRestore();
    expect(lines.map(({ id }) => Number(id))).toEqual(burst.map((_, n) => n));
    expect(work).toBeLessThan(2 * burst.length);
    expect(walks).toBeLessThan(10);
  });

  it('reads pages as long as the service gives: CloudWatch counts how often it is read', async () => {
    const limits: (number | undefined)[] = [];
    const readLogs = async (_job: unknown, _filter?: LogFilter, { limit }: PageRequest = {}) => {
      limits.push(limit);
      return { items: [] };
    };
    await collect(followLogs({ ...jobThatIs('DONE'), readLogs }, job, {}, { wait }));
    expect(limits).toEqual([MAX_LOG_PAGE]);
  });

  it('asks less often while nothing comes, and as before when something does', async () => {
    const log = aLog(line('a', 0));
    const waits: number[] = [];
    const client = { ...jobThatIs(...Array.from({ length: 9 }, () => 'RUNNING' as const), 'DONE'), ...log };
    await collect(followLogs(client, job, {}, {
      wait: async (ms) => {
        if (waits.push(ms) === 7) log.written.push(line('b', 1));
      },
    }));
    expect(waits).toEqual([2000, 3000, 4500, 6750, 10_000, 10_000, 10_000, 2000, 3000]);
  });

  it('never reads from before the time that was asked for', async () => {
    const asked: (string | undefined)[] = [];
    const readLogs = async (_job: unknown, { since }: LogFilter = {}) => {
      asked.push(since);
      return { items: [line('a', 62)] };
    };
    await collect(followLogs({ ...jobThatIs('RUNNING', 'DONE'), readLogs }, job, { since: at(60) }, { wait: async () => {} }));
    expect(asked).toEqual([at(60), at(60)]);
  });

  it('gives lines of several nodes in the order of their times, as far as they come within seconds', async () => {
    const log = aLog(line('a', 0, 'one'), line('c', 2, 'two'));
    const growth = [[line('b', 1, 'one'), line('d', 3, 'one')], [line('z', 60, 'two')], [line('late', 30, 'one'), line('y', 59, 'one')], []];
    const client = { ...jobThatIs('RUNNING', 'RUNNING', 'RUNNING', 'RUNNING', 'DONE'), ...log };
    const lines = await collect(followLogs(client, job, {}, { wait: async () => void log.written.push(...(growth.shift() ?? [])) }));
    expect(lines.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', 'y', 'z', 'late']);
  });

  it('holds nothing back while one node alone writes, and only for one reading else', async () => {
    const log = aLog(line('a', 0, 'one'));
    const shown: string[] = [];
    const turns: string[][] = [];
    const growth = [[line('b', 1, 'one')], [line('c', 2, 'two')], [], []];
    const client = { ...jobThatIs('RUNNING', 'RUNNING', 'RUNNING', 'RUNNING', 'DONE'), ...log };
    const wait2 = async (): Promise<void> => {
      turns.push([...shown]);
      log.written.push(...(growth.shift() ?? []));
    };
    for await (const { id } of followLogs(client, job, {}, { wait: wait2 })) shown.push(id);
    expect(turns).toEqual([['a'], ['a', 'b'], ['a', 'b'], ['a', 'b', 'c']]);
  });

  it('gives each line once, whenever the service was away, between pages too', async () => {
    const log = aLog(...Array.from({ length: 7 }, (_, n) => line(String(n), n, n % 2 === 0 ? 'one' : 'two')));
    const away = new OrchestratorConnectionError('http://127.0.0.1', new Error('refused'));
    log.failures.push(problem(503), away, problem(429), problem(500));
    const growth = [[line('7', 7, 'one')], [line('8', 8, 'two')]];
    const client = { ...jobThatIs('RUNNING', away, problem(502), 'RUNNING', 'DONE'), ...log };
    const pauses: number[] = [];
    const lines = await collect(followLogs(client, job, {}, {
      pollMs: 1,
      wait: async (ms) => {
        if (ms === 1) log.written.push(...(growth.shift() ?? []));
        else pauses.push(ms);
      },
    }));
    expect(lines.map(({ id }) => id)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8']);
    expect([log.failures.length, pauses.length]).toEqual([0, 6]);
  });

  it('remembers no more of a long log than may come again', async () => {
    const long = Array.from({ length: 50_000 }, (_, n) => line(String(n), Math.floor(n / 100), `node-${n % 2}`));
    const readLogs = async (_job: unknown, { since = '' }: LogFilter = {}) => ({ items: long.filter((each) => each.at >= since) });
    const lines = await collect(followLogs({ ...jobThatIs('RUNNING', 'DONE'), readLogs }, job, {}, { wait }));
    expect(lines.map(({ id }) => Number(id))).toEqual(long.map((_, n) => n));
  });
});
