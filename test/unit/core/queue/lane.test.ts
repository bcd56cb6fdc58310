import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Market } from '../../../../core/job/job.ts';
import { laneOf, shapeOf } from '../../../../core/queue/lane.ts';
import { aDemand } from '../../../builders/scheduling.ts';

const markets: readonly (readonly Market[])[] = [['on-demand'], ['spot'], ['spot', 'on-demand']];
const aSketch = fc.record({
  nodes: fc.integer({ min: 1, max: 3 }),
  vcpus: fc.integer({ min: 1, max: 3 }),
  gpus: fc.nat({ max: 1 }),
  types: fc.subarray(['m6i.large', 'c6i.large', 'p4d.24xlarge'], { minLength: 1 }),
  markets: fc.constantFrom(...markets),
  zones: fc.subarray(['us-east-1a', 'us-east-1b']),
});
const aBound = fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined });

describe('the lane of a job', () => {
  it('is one of sixteen', () => {
    fc.assert(fc.property(aSketch, (sketch) => expect(laneOf(aDemand(sketch))).toMatch(/^[0-9a-f]$/u)));
  });

  it('does not depend on how much a job asks for', () => {
    fc.assert(
      fc.property(aSketch, aSketch, (sketch, other) => {
        const { nodes, vcpus, gpus } = other;
        expect(laneOf(aDemand({ ...sketch, nodes, vcpus, gpus }))).toBe(laneOf(aDemand(sketch)));
      }),
    );
  });

  it('tells jobs for other machines apart, mostly', () => {
    const lanes = Array.from({ length: 200 }, (_, i) => laneOf(aDemand({ types: [`m${i}.large`] })));
    const counts = Map.groupBy(lanes, (lane) => lane);
    expect(counts.size).toBe(16);
    expect(Math.max(...[...counts.values()].map(({ length }) => length))).toBeLessThan(40);
  });
});

describe('the shape of a job', () => {
  it('is the same exactly where all is the same that the scheduler asks', () => {
    fc.assert(
      fc.property(aSketch, aBound, aSketch, aBound, (sketch, bound, other, otherBound) => {
        const [a, b] = [aDemand(sketch), aDemand(other)];
        const alike = JSON.stringify([a, bound]) === JSON.stringify([b, otherBound]);
        expect(shapeOf(a, bound) === shapeOf(b, otherBound)).toBe(alike);
        expect(shapeOf(aDemand(sketch), bound)).toBe(shapeOf(a, bound));
      }),
      { numRuns: 500 },
    );
  });

  it('differs for ten thousand demands that differ in a number only', () => {
    const shapes = new Set(Array.from({ length: 10_000 }, (_, i) => shapeOf(aDemand({ nodes: 1 + (i % 100), vcpus: 1 + Math.floor(i / 100) }), 3600)));
    expect(shapes.size).toBe(10_000);
  });

  it('is in one lane', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(aSketch, aBound), { maxLength: 20 }), (jobs) => {
        const lanes = new Map<string, string>();
        for (const [sketch, bound] of jobs) {
          const demand = aDemand(sketch);
          const shape = shapeOf(demand, bound);
          expect(lanes.get(shape) ?? laneOf(demand)).toBe(laneOf(demand));
          lanes.set(shape, laneOf(demand));
        }
      }),
    );
  });
});
