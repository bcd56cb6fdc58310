import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { capacityAt, matchesGlob, nextChangeAfter, vcpuLimit } from '../../../../local/fleet/market/market.ts';
import { changeScenario, parseScenario, readScenario } from '../../../../local/fleet/market/scenario.ts';
import { TokenBucket } from '../../../../local/fleet/market/token-bucket.ts';

const OFFERING = { type: 'p3.2xlarge', zone: 'us-east-1a', market: 'spot' } as const;

describe('capacity', () => {
  it('is what the last rule that fits says', () => {
    const scenario = parseScenario({
      capacity: [
        { capacity: 1 },
        { type: 'p3.*', market: 'spot', capacity: 2 },
        { type: 'p3.*', zone: '*b', market: 'spot', capacity: 3 },
      ],
    });
    expect(capacityAt(scenario, OFFERING, 0)).toBe(2);
    expect(capacityAt(scenario, { ...OFFERING, zone: 'us-east-1b' }, 0)).toBe(3);
    expect(capacityAt(scenario, { ...OFFERING, market: 'on-demand' }, 0)).toBe(1);
  });

  it('is nothing where the zone does not offer the type, or the type is not sold as Spot', () => {
    const scenario = parseScenario({ capacity: [{ capacity: 9 }] });
    expect(capacityAt(scenario, { ...OFFERING, zone: 'us-east-1e' }, 0)).toBe(0);
    expect(capacityAt(scenario, { type: 'hpc6a.48xlarge', zone: 'us-east-1b', market: 'spot' }, 0)).toBe(0);
  });

  it('follows its timeline', () => {
    const scenario = parseScenario({ capacity: [{ capacity: { timeline: [[10, 5], [60, 0]] } }] });
    expect([0, 10, 59.9, 60].map((seconds) => capacityAt(scenario, OFFERING, seconds))).toEqual([0, 5, 5, 0]);
    expect([0, 10, 60].map((seconds) => nextChangeAfter(scenario, seconds))).toEqual([10, 60, undefined]);
  });

  it('follows a measured trace from beside the scenario', () => {
    const folder = mkdtempSync(join(tmpdir(), 'trace-'));
    writeFileSync(join(folder, 'trace.csv'), 'date,us-east-1a\nx,0\ny,1\nz,\n');
    const trace = { file: 'trace.csv', column: 'us-east-1a', secondsPerRow: 195, instancesPerUnit: 8 };
    writeFileSync(join(folder, 'scenario.json'), JSON.stringify({ capacity: [{ capacity: { trace } }] }));
    const scenario = readScenario(join(folder, 'scenario.json'));
    expect([0, 194, 195, 400, 9999].map((seconds) => capacityAt(scenario, OFFERING, seconds))).toEqual([0, 0, 8, 8, 8]);
    expect(nextChangeAfter(scenario, 200)).toBe(390);
    rmSync(folder, { recursive: true });
  });

  it('is limited by quotas of vCPUs by family and market', () => {
    const scenario = parseScenario({ quotas: { 'L-7212CCBC': 96 } });
    expect(vcpuLimit(scenario, 'p3.2xlarge', 'spot')).toBe(96);
    expect(vcpuLimit(scenario, 'p3.2xlarge', 'on-demand')).toBe(8000);
  });
});

describe('a scenario', () => {
  it('is refused with the place of every mistake', () => {
    expect(() => parseScenario({ capacity: [{ capacity: -1 }], speeed: 1 })).toThrow(/speeed[^]*capacity|capacity[^]*speeed/);
  });

  it('changes in part: rules for the same offerings are replaced, the rest stays', () => {
    const scenario = parseScenario({ capacity: [{ type: 'a', capacity: 1 }, { type: 'b', capacity: 2 }], noticeSeconds: 5 });
    const changed = changeScenario(scenario, { capacity: [{ type: 'a', zone: '*', market: '*', capacity: 9 }], boot: { runningSeconds: 1 } });
    expect(changed.capacity.map(({ type, capacity }) => [type, capacity])).toEqual([['b', 2], ['a', 9]]);
    expect(changed.noticeSeconds).toBe(5);
    expect(changed.boot).toEqual({ ...scenario.boot, runningSeconds: 1 });
  });
});

describe('globs', () => {
  it.each([
    ['*', 'anything', true],
    ['p3.*', 'p3.2xlarge', true],
    ['*.large', 'm6i.large', true],
    ['m*i.*e', 'm6i.xlarge', true],
    ['p3', 'p3.2xlarge', false],
    ['ab*ba', 'aba', false],
    ['a*b*c', 'a-c', false],
  ])('%s fits %s: %s', (pattern, text, expected) => {
    expect(matchesGlob(pattern, text)).toBe(expected);
  });
});

describe('a token bucket', () => {
  it('gives its burst, then its rate', () => {
    const bucket = new TokenBucket({ bucket: 2, refillPerSecond: 1 }, 0);
    expect([bucket.take(1, 0), bucket.take(1, 0), bucket.take(1, 0)]).toEqual([true, true, false]);
    expect([bucket.take(1, 1000), bucket.take(1, 1000)]).toEqual([true, false]);
    expect(bucket.level(100_000)).toBe(2);
  });
});
