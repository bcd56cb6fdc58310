import { describe, expect, it } from '@jest/globals';
import { OrchestratorConnectionError, followEvents, hasEnded, jobStates as statesOfSdk, outcomes as outcomesOfSdk, waitForJob } from '@advanced-orchestrator/sdk';
import type { JobEvent, PageRequest } from '@advanced-orchestrator/sdk';
import { patiently } from '../../../sdk/src/patience.ts';
import { isTerminal, jobStates, outcomes } from '../../../core/lifecycle/states.ts';
import { collect, job, jobThatIs, problem, wait } from './followed-job.ts';

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

  it('counts what questions take among the five minutes that a service may be away', async () => {
    let nowMs = 0;
    let questions = 0;
    const ask = patiently(wait, undefined, () => nowMs);
    await ask(async () => 'it is there');
    await expect(ask(() => {
      questions += 1;
      nowMs += 45_000;
      return Promise.reject(problem(503));
    })).rejects.toMatchObject({ status: 503 });
    expect(questions).toBe(6);
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
