import { describe, expect, it, jest } from '@jest/globals';
import { OrchestratorConnectionError, followLogs } from '@advanced-orchestrator/sdk';
import type { LogFilter, LogLine, PageRequest } from '@advanced-orchestrator/sdk';
import { MAX_LOG_PAGE } from '../../../core/api/fields.ts';
import { collect, job, jobThatIs, problem, wait } from './followed-job.ts';

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
