import { beforeAll, describe, expect, it } from '@jest/globals';
import { playStorm, type StormFigures } from '../../../../benchmarks/ice-storm/ice-storm.ts';

/** Of a deployment with its default times. */
const COOLDOWN_MAXIMUM = 300;
const LAUNCHES_IN_FLIGHT = 25;

describe('200 jobs that want one dead offering, beside 50 that want others', () => {
  let storms: readonly StormFigures[];

  beforeAll(async () => {
    storms = await Promise.all([3, 6.05, 9.5, 14.3, 21, 40.7].map(async (minutes) => playStorm({ dead: 200, others: 50 }, minutes)));
  }, 60_000);

  it('keep none of the 50 waiting for more than one round of launches', () => {
    for (const { othersWaited } of storms) expect(othersWaited.longest - othersWaited.longestWithoutStorm).toBeLessThanOrEqual(10);
  });

  it('ask for it once a minute at most, after the first minute in which each of those that were started at once asks', () => {
    for (const { deadCallsInAMinute } of storms) {
      expect(deadCallsInAMinute.first).toBeLessThanOrEqual(LAUNCHES_IN_FLIGHT);
      expect(deadCallsInAMinute.later).toBeLessThanOrEqual(1);
    }
  });

  it('have all started within one probe interval of its return', () => {
    for (const { afterReturn, served } of storms) {
      expect(served).toBe(200);
      expect(afterReturn.last).toBeLessThanOrEqual(COOLDOWN_MAXIMUM);
    }
  });
});
