import { describe, expect, it } from '@jest/globals';
import type { Cooldown, Offering } from '../../../../core/capacity/offering.ts';
import { learn, nextCooldown } from '../../../../core/capacity/cooldown.ts';
import { errorScope, quotaFamily } from '../../../../core/capacity/error-scope.ts';
import type { LaunchOutcome, PlannedLaunch } from '../../../../core/capacity/gang.ts';
import type { MarketView } from '../../../../core/capacity/market-view.ts';
import { scopeKey } from '../../../../core/capacity/offering.ts';
import { cooldownOf, cooldownText, pauseOf } from '../../../../core/capacity/pauses.ts';
import { epochMs, instanceId } from '../../../../core/job/ids.ts';
import { aGang } from '../../../builders/capacity.ts';

const policy = { baseMs: 30_000, maximumMs: 600_000 };
const now = epochMs(1_000_000);
const offering: Offering = { instanceType: 'c6i.large', zone: 'us-east-1a', market: 'spot' };
const scope = { kind: 'offering', offering } as const;
const view = (cooldowns: readonly Cooldown[] = []): MarketView => ({ region: 'us-east-1', subnets: { 'us-east-1a': 'subnet-a' }, types: new Map(), spotPrices: new Map(), cooldowns, patienceMs: 0 });
const launch = (fields: Partial<PlannedLaunch> = {}): PlannedLaunch => ({
  jobId: aGang().jobId, attempt: 1, ordinal: 1, pool: 'workers', count: 4, minimum: 4, market: 'spot', instanceTypes: ['c6i.large'], zones: ['us-east-1a'], clientToken: 't', ...fields,
});
const failed = (code: string): LaunchOutcome => ({ launched: [], unavailable: [{ offering, code, message: '' }] });

const served = (count: number): LaunchOutcome => ({
  launched: Array.from({ length: count }, (_, index) => ({ ...offering, instanceId: instanceId(`i-${index}`) })),
  unavailable: [],
});

describe('errorScope', () => {
  it.each([
    ['InsufficientInstanceCapacity', 'offering'],
    ['InsufficientFreeAddressesInSubnet', 'subnet'],
    ['VcpuLimitExceeded', 'quota'],
    ['MaxSpotInstanceCountExceeded', 'quota'],
    ['RequestLimitExceeded', 'account'],
    ['UnauthorizedOperation', 'reject'],
    ['InvalidAMIID.NotFound', 'reject'],
    ['InvalidLaunchTemplateId.NotFound', 'reject'],
    ['InvalidParameterValue', 'reject'],
    ['InternalError', 'offering'],
    ['constructor', 'offering'],
  ])('%s says something about: %s', (code, expected) => {
    expect(errorScope(code)).toBe(expected);
  });
});

describe('quotaFamily', () => {
  it.each([
    ['m6i.large', 'Standard'], ['t3.medium', 'Standard'], ['p4d.24xlarge', 'P'], ['g5.xlarge', 'G and VT'], ['gr6.4xlarge', 'G and VT'],
    ['hpc6a.48xlarge', 'HPC'], ['inf2.xlarge', 'Inf'], ['i4i.large', 'Standard'], ['trn1.2xlarge', 'Trn'], ['x2idn.16xlarge', 'X'], ['u-6tb1.metal', 'High Memory'],
  ])('%s counts as %s', (type, family) => {
    expect(quotaFamily(type)).toBe(family);
  });
});

describe('nextCooldown', () => {
  const failure = { scope, code: 'InsufficientInstanceCapacity', atLeast: 1 };

  it('doubles after each cooldown and ends at the maximum', () => {
    let previous: Cooldown | undefined;
    let at = now;
    const waits = Array.from({ length: 7 }, () => {
      previous = nextCooldown(failure, previous, policy, at);
      at = previous.untilMs;
      return previous.untilMs - previous.sinceMs;
    });
    expect(waits).toEqual([30_000, 60_000, 120_000, 240_000, 480_000, 600_000, 600_000]);
  });

  it('never exceeds ten minutes, whatever the deployment says', () => {
    const long = nextCooldown(failure, { ...failure, failures: 30, sinceMs: now, untilMs: now }, { baseMs: 30_000, maximumMs: 9e9 }, now);
    expect(long.untilMs - now).toBe(600_000);
  });

  it('goes on counting failures until a success, however long ago the last one was', () => {
    const old = nextCooldown(failure, { ...failure, failures: 2, sinceMs: epochMs(0), untilMs: epochMs(now - 900_000) }, policy, now);
    expect(old).toMatchObject({ failures: 3, untilMs: now + 120_000 });
  });

  it('counts a failure during the cooldown as the same one', () => {
    const first = nextCooldown({ ...failure, atLeast: 64 }, undefined, policy, now);
    expect(nextCooldown(failure, first, policy, epochMs(now + 10))).toMatchObject({ failures: 1 });
  });
});

describe('learn', () => {
  it('holds back only launches as large as the one that failed whole', () => {
    expect(learn(launch(), failed('InsufficientInstanceCapacity'), view(), policy, now).cool).toEqual([
      { scope, code: 'InsufficientInstanceCapacity', atLeast: 4, failures: 1, sinceMs: now, untilMs: now + 30_000 },
    ]);
  });

  it('holds back every launch where not even one machine was left', () => {
    const [cooldown] = learn(launch({ minimum: 1 }), failed('InsufficientInstanceCapacity'), view(), policy, now).cool;
    expect(cooldown?.atLeast).toBeUndefined();
  });

  it.each([
    ['InsufficientFreeAddressesInSubnet', 'subnet/us-east-1a/subnet-a'],
    ['MaxSpotInstanceCountExceeded', 'quota/us-east-1/Standard/spot'],
    ['RequestLimitExceeded', 'account/us-east-1'],
    ['InsufficientInstanceCapacity', 'offering/c6i.large/us-east-1a/spot'],
  ])('%s cools %s', (code, key) => {
    expect(learn(launch(), failed(code), view(), policy, now).cool.map((cooldown) => scopeKey(cooldown.scope))).toEqual([key]);
  });

  it('cools nothing for a refusal that waiting does not cure', () => {
    expect(learn(launch(), failed('UnauthorizedOperation'), view(), policy, now)).toEqual({ cool: [], clear: [] });
  });

  it.each([[[]], [['us-east-1a']]])('cools the offerings of a reserved launch that is refused, for as long as a cooldown may be (named: %j)', (named) => {
    const reserved = launch({ market: 'reserved', minimum: 1, zones: ['us-east-1a'] });
    const refusal = { code: 'InvalidParameterValue', message: 'a Capacity Block' };
    const unavailable = named.map((zone) => ({ offering: { ...offering, zone, market: 'reserved' as const }, ...refusal }));
    const { cool } = learn(reserved, { launched: [], unavailable, rejected: refusal }, view(), policy, now);
    expect(cool.map(({ scope: cooled, code, untilMs }) => [scopeKey(cooled), code, untilMs - now])).toEqual([['offering/c6i.large/us-east-1a/reserved', 'InvalidParameterValue', 600_000]]);
  });

  it('clears what a success disproves', () => {
    const known: Cooldown = { scope, code: 'x', failures: 3, sinceMs: epochMs(0), untilMs: epochMs(now - 1) };
    expect(learn(launch(), served(4), view([known]), policy, now).clear).toEqual([scopeKey(scope)]);
  });

  it('keeps a shortage of many after a launch of few', () => {
    const known: Cooldown = { scope, code: 'x', atLeast: 64, failures: 3, sinceMs: epochMs(0), untilMs: epochMs(now + 1) };
    expect(learn(launch(), served(4), view([known]), policy, now).clear).toEqual([]);
  });
});

describe('a pause', () => {
  const pause = { by: 'ada', reason: 'prices', atMs: now };
  const spot = { ...pause, scope: { kind: 'market', market: 'spot' } } as const;
  const one = { ...pause, scope: { kind: 'offering', ...offering } } as const;

  it.each([spot, one])('of $scope.kind is kept as a cooldown and read back', (paused) => {
    expect(pauseOf(cooldownOf(paused))).toEqual(paused);
  });

  it('says who, what and why', () => {
    expect([spot, one].map((paused) => cooldownText(cooldownOf(paused)))).toEqual([
      'ada has paused market spot: prices', 'ada has paused offering c6i.large/us-east-1a/spot: prices',
    ]);
  });

  it('is neither ended by a launch that works nor replaced by one that does not', () => {
    const known = view([cooldownOf(spot), cooldownOf(one)]);
    const paused = known.cooldowns.map((cooldown) => scopeKey(cooldown.scope));
    expect(learn(launch(), served(4), known, policy, now).clear).toEqual([]);
    const { cool, clear } = learn(launch(), failed('InsufficientInstanceCapacity'), known, policy, now);
    expect(cool.map((cooldown) => scopeKey(cooldown.scope)).filter((key) => paused.includes(key))).toEqual([]);
    expect(clear).toEqual([]);
  });
});
