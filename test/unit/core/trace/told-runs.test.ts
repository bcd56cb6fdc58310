import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chooseRuns, hasFailed, MOST_RUNS, type NodeRun } from '../../../../core/trace/node-runs.ts';
import { readRuns, tellRuns } from '../../../../core/trace/told-runs.ts';
import { aRun, nodeRuns } from './histories.ts';

const told = (runs: readonly NodeRun[]) => tellRuns(chooseRuns(runs, runs.length, false));
const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '');

describe('how a step went on its nodes, as the history keeps it', () => {
  it('is read as it was, but for tenths of a second that times are earlier', () => {
    fc.assert(fc.property(nodeRuns, fc.nat(5_000), fc.boolean(), (runs, more, again) => {
      const chosen = chooseRuns(runs, runs.length + more, again);
      const read = readRuns(tellRuns(chosen));
      if (runs.length === 0) return expect(read).toBeUndefined();
      const without = ({ startMs: _startMs, endMs: _endMs, ...rest }: NodeRun) => rest;
      expect({ ...read, runs: read?.runs.map(without) }).toEqual({ ...chosen, runs: chosen.runs.map(without) });
      for (const [i, { startMs, endMs }] of chosen.runs.entries()) {
        const { startMs: begin = 0, endMs: end = 0 } = read?.runs[i] ?? {};
        expect([0 <= startMs - begin, startMs - begin < 100, 0 <= endMs - end, endMs - end < 200, begin <= end]).not.toContain(false);
      }
      expect(read === undefined ? undefined : tellRuns(read)).toEqual(tellRuns(chosen));
    }));
  });

  it('is the same in whichever order the nodes answered', () => {
    const shuffled = nodeRuns.chain((runs) => fc.tuple(fc.constant(runs), fc.shuffledSubarray([...runs], { minLength: runs.length })));
    fc.assert(fc.property(shuffled, ([runs, others]) => expect(told(others)).toEqual(told(runs))));
  });

  it('is small, however many nodes there are and however they ended', () => {
    fc.assert(fc.property(fc.array(aRun({ rank: fc.nat(31_999) }), { minLength: 150, maxLength: 400 }), (runs) => expect(bytes(told(runs))).toBeLessThan(2_800)));
  });

  it('takes three bytes a node where nodes began within three seconds and took within two minutes of each other', () => {
    const runs = Array.from({ length: 65 }, (_, rank) => ({ rank, startMs: 1_700_000_000_000 + ((rank * 617) % 3_000), endMs: 1_700_000_040_000 + ((rank * 7_919) % 100_000), exitCode: 0 }));
    expect(bytes(told(runs))).toBeLessThan(65 * 3 + 60);
  });

  it('tells, where nodes are many, of those that failed first, and then of the slowest', () => {
    fc.assert(fc.property(fc.uniqueArray(aRun({}), { selector: ({ rank }) => rank, minLength: MOST_RUNS + 1, maxLength: MOST_RUNS + 50 }), (runs) => {
      const { runs: chosen, leftOut } = chooseRuns(runs, runs.length, false);
      expect([chosen.length, leftOut]).toEqual([MOST_RUNS, runs.length - MOST_RUNS]);
      const rest = runs.filter((run) => !chosen.includes(run));
      if (rest.some(hasFailed)) expect(chosen.every(hasFailed)).toBe(true);
      const kept = chosen.filter((run) => hasFailed(run) === rest.some(hasFailed)).map(({ startMs, endMs }) => endMs - startMs);
      const passed = rest.filter((run) => hasFailed(run) === rest.some(hasFailed)).map(({ startMs, endMs }) => endMs - startMs);
      expect(Math.min(...kept)).toBeGreaterThanOrEqual(Math.max(...passed));
    }), { numRuns: 50 });
  });

  it('is nothing where it is not of this form', () => {
    fc.assert(fc.property(fc.oneof(fc.anything(), fc.record({ ranks: fc.string(), times: fc.string(), failed: fc.string() }, { requiredKeys: [] })), (data) => {
      expect(readRuns(data)?.runs.length ?? 0).toBeLessThanOrEqual(MOST_RUNS);
    }));
    const right = { ranks: '0-1', times: 'mx3ruypa.n5c.01.05' };
    expect(readRuns(right)?.runs).toHaveLength(2);
    for (const wrong of [{ ranks: '0-2' }, { ranks: '0-999999' }, { ranks: '0,' }, { ranks: '' }, { times: '' }, { times: 'mx3ruypa.n5c.01.0' }, { times: 'mx3ruypa.n5c.01.0!' }]) {
      expect(readRuns({ ...right, ...wrong })).toBeUndefined();
    }
    expect(readRuns({ ...right, failed: 'x:1 7:1', leftOut: -1 })).toMatchObject({ runs: [{ exitCode: 0 }, { exitCode: 7 }], leftOut: 0, again: false });
  });
});
