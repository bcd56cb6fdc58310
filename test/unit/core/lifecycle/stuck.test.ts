import { describe, expect, it } from '@jest/globals';
import { epochMs } from '../../../../core/job/ids.ts';
import type { Job } from '../../../../core/job/job.ts';
import { jobStates, isTerminal } from '../../../../core/lifecycle/states.ts';
import { isStuck } from '../../../../core/lifecycle/stuck.ts';
import { aHold, aJob } from '../../../builders/job.ts';

const GRACE_MS = 60_000;
const BEGIN_MS = 1_000_000;

/** Sought, configured and changed last at the beginning; an hour to search, two to live, a quarter to wind down. */
const job = (state: Job['state'], fields: Partial<Job> = {}): Job => aJob({
  state, capacityTimeoutSeconds: 3600, ttlSeconds: 7200, windDownSeconds: 900, admittedAtMs: epochMs(BEGIN_MS), configuringAtMs: epochMs(BEGIN_MS), updatedAtMs: epochMs(BEGIN_MS), ...fields,
});

/** After how many seconds it is stuck, found by looking each second of four hours; `undefined`: never. */
function stuckAfter(one: Job): number | undefined {
  const seconds = Array.from({ length: 4 * 3600 }, (_, second) => second);
  return seconds.find((second) => isStuck(one, epochMs(BEGIN_MS + second * 1000), GRACE_MS));
}

describe('a job is stuck', () => {
  it.each([
    ['ACQUIRING_CAPACITY', 3661],
    ['CONFIGURING', 7261],
    ['RUNNING', 7261],
    ['CONFIGURATION_FAILED', 961],
    ['SUCCEEDED', 961],
    ['RUN_FAILED', 961],
    ['POST_RUN', 961],
    ['POST_RUN_FAILED', 961],
    ['DESTROYING', 961],
  ] as const)('in %s after its time there and the grace', (state, seconds) => {
    expect(stuckAfter(job(state))).toBe(seconds);
  });

  it.each(jobStates.filter((state) => state === 'PENDING' || isTerminal(state)))('never in %s', (state) => {
    expect(stuckAfter(job(state))).toBeUndefined();
  });

  it('by the time at which it should have given back its limits, however often it is revived', () => {
    const revived = (second: number) => job('DESTROYING', { hold: aHold({ endsByMs: epochMs(BEGIN_MS + 1000_000) }), updatedAtMs: epochMs(BEGIN_MS + second * 1000) });
    expect(isStuck(revived(1060), epochMs(BEGIN_MS + 1060_000), GRACE_MS)).toBe(false);
    expect(isStuck(revived(1061), epochMs(BEGIN_MS + 1061_000), GRACE_MS)).toBe(true);
  });
});
