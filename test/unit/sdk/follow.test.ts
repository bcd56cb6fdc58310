import { describe, expect, it } from '@jest/globals';
import { OrchestratorApiError, OrchestratorConnectionError, followEvents, followLogs, hasEnded, waitForJob } from '@advanced-orchestrator/sdk';
import type { JobDetail, JobEvent, JobState, LogFilter, LogLine, PageRequest } from '@advanced-orchestrator/sdk';
import { isTerminal, jobStates } from '../../../core/lifecycle/states.ts';

const job = { namespace: 'research', jobId: '01hjob0000000000000000000a' };

function aJob(state: JobState, fields: Partial<JobDetail> = {}): JobDetail {
  return {
    ...job, manifest: { name: 'cluster', version: 1, digest: 'd' }, user: 'ada', labels: {}, priority: 500, runtime: 'None', state, attempt: 1, maxAttempts: 1,
    nodeCount: 1, maxUsdPerHour: 1, ttlSeconds: 60, hasScript: false, submittedAt: '2030-01-01T00:00:00.000Z', updatedAt: `2030-01-01T00:00:00.000Z ${state}`,
    attempts: [], nodes: [], costUsd: 0, ...fields,
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

const problem = (status: number): OrchestratorApiError =>
  new OrchestratorApiError({ type: 'about:blank', title: 't', status, detail: 'd', instance: '', requestId: 'r' });

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

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
});

const at = (seconds: number): string => new Date(Date.UTC(2030, 0, 1, 0, 0, seconds)).toISOString();

const line = (id: string, seconds: number): LogLine => ({ id, at: at(seconds), attempt: 1, node: 'head', step: 's', message: id });

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
    expect(asked).toEqual([undefined, at(10), at(11)]);
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
});
