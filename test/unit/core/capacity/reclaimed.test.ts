import { describe, expect, it } from '@jest/globals';
import { LONGEST_COOLDOWN_MS } from '../../../../core/capacity/cooldown.ts';
import { coolReclaimed } from '../../../../core/capacity/reclaimed.ts';
import { epochMs } from '../../../../core/job/ids.ts';

const now = epochMs(5_000_000);
const policy = { baseMs: 30_000, maximumMs: 900_000 };
const spot = { instanceType: 'c6i.large', zone: 'us-east-1a', market: 'spot' } as const;

describe('an offering whose machines are taken back', () => {
  it('cools once for all of them, and an on-demand one never', () => {
    const cooling = coolReclaimed([spot, spot, { ...spot, market: 'on-demand' }], 'SpotReclaimed', [], policy, now);
    expect(cooling).toEqual([{ scope: { kind: 'offering', offering: spot }, code: 'SpotReclaimed', failures: 1, sinceMs: now, untilMs: now + 30_000 }]);
  });

  it('is left alone while it cools for it already, and cools longer when it happens again', () => {
    const [cooling] = coolReclaimed([spot], 'SpotInterruption', [], policy, now);
    if (cooling === undefined) throw new Error('nothing cools');
    expect(coolReclaimed([spot], 'SpotReclaimed', [cooling], policy, epochMs(now + 29_999))).toEqual([]);
    expect(coolReclaimed([spot], 'SpotReclaimed', [cooling], policy, epochMs(now + 30_000))).toMatchObject([{ failures: 2, untilMs: now + 90_000 }]);
    expect(coolReclaimed([spot], 'SpotReclaimed', [{ ...cooling, failures: 40 }], policy, epochMs(now + 30_000))).toMatchObject([{ untilMs: now + 30_000 + LONGEST_COOLDOWN_MS }]);
  });

  it('cools although a larger launch was refused there a moment ago', () => {
    const refused = { scope: { kind: 'offering', offering: spot }, code: 'InsufficientInstanceCapacity', atLeast: 64, failures: 1, sinceMs: now, untilMs: epochMs(now + 30_000) } as const;
    const [cooling] = coolReclaimed([spot], 'SpotInterruption', [refused], policy, now);
    expect(cooling).toMatchObject({ code: 'SpotInterruption' });
    expect(cooling).not.toHaveProperty('atLeast');
  });
});
