import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { LEAST_LOG_BYTES, logBytesOf } from '../../../../core/runtimes/log-bytes.ts';

const attempts = fc.record({ perAttempt: fc.integer({ min: 1, max: 2 ** 40 }), nodes: fc.integer({ min: 1, max: 5000 }) });

describe('what a step may log on a node', () => {
  it('is within what the attempt may log, over all nodes and both kinds of steps, but for the least of each', () => {
    fc.assert(fc.property(attempts, ({ perAttempt, nodes }) => {
      const [head, each] = [logBytesOf(perAttempt, 'head', nodes), logBytesOf(perAttempt, 'all', nodes)];
      expect(Math.min(head, each)).toBeGreaterThanOrEqual(LEAST_LOG_BYTES);
      const least = (bytes: number): number => (bytes === LEAST_LOG_BYTES ? 0 : bytes);
      expect(least(head) + nodes * least(each)).toBeLessThanOrEqual(perAttempt);
    }));
  });

  it('is a whole number, and the same for one node of either kind', () => {
    fc.assert(fc.property(attempts, ({ perAttempt, nodes }) => {
      expect(Number.isInteger(logBytesOf(perAttempt, 'all', nodes))).toBe(true);
      expect(logBytesOf(perAttempt, 'all', 1)).toBe(logBytesOf(perAttempt, 'head', nodes));
    }));
  });

  it('is half of it on the head node', () => {
    expect(logBytesOf(2 ** 30, 'head', 65)).toBe(2 ** 29);
    expect(logBytesOf(2 ** 30, 'all', 64)).toBe(2 ** 23);
  });
});
