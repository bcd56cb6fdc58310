import { describe, expect, it } from '@jest/globals';
import { askedEarly, isDue } from '../../../../core/scheduling/parked-turn.ts';
import { scopeKey, type Cooldown, type CooldownScope } from '../../../../core/capacity/offering.ts';
import { epochMs } from '../../../../core/job/ids.ts';
import { aDemand } from '../../../builders/scheduling.ts';

const at = (seconds: number) => epochMs(1_000_000 + seconds * 1000);
const offeringIn = (zone: string): CooldownScope => ({ kind: 'offering', offering: { instanceType: 'p5.48xlarge', zone, market: 'spot' } });
const coolingIn = (zone: string, fields: Partial<Cooldown> = {}): Cooldown => ({
  scope: offeringIn(zone), code: 'InsufficientInstanceCapacity', failures: 3, sinceMs: at(0), untilMs: at(600), ...fields,
});

const here = coolingIn('us-east-1a');
const there = coolingIn('us-east-1b');
const parked = { sinceMs: at(0), untilMs: at(600), waitsFor: [scopeKey(here.scope)] };
const ofEarlier = { sinceMs: at(0), untilMs: at(600) };

describe.each([['', parked], [' of an earlier release', ofEarlier]])('a parked job%s', (_, entry) => {
  it('is due at its time, or once the cooldown that ends then is no more', () => {
    expect([isDue(entry, [here], at(599)), isDue(entry, [here], at(600)), isDue(entry, [], at(29)), isDue(entry, [], at(30))]).toEqual([false, true, false, true]);
  });

  it('is due once machines were given back there', () => {
    expect(isDue(entry, [{ ...here, untilMs: at(100) }], at(100))).toBe(true);
  });

  it('that waits for no cooldown is due at its time alone', () => {
    const patient = { ...entry, byClock: true } as const;
    expect([isDue(patient, [], at(30)), isDue(patient, [here], at(599)), isDue(patient, [], at(600))]).toEqual([false, false, true]);
  });

  it('may ask early for what it waits for, once nobody has asked for two minutes since it was parked, and for nothing else', () => {
    const asked = (fields: Partial<Cooldown>, seconds: number, sinceMs = at(0)) => askedEarly({ ...entry, sinceMs }, [{ ...here, ...fields }], at(seconds)) !== undefined;
    expect([asked({}, 119), asked({}, 120)]).toEqual([false, true]);
    const account = { kind: 'account', region: 'us-east-1' } as const;
    expect([asked({ code: 'SpotInterruption' }, 120), asked({ scope: account }, 120), asked({ scope: offeringIn('us-east-1b'), untilMs: at(601) }, 120)]).toEqual([false, false, false]);
    expect(asked({}, 300, at(120))).toBe(false);
  });
});

describe('a parked job', () => {
  const asking = { ...here, untilMs: at(150) };
  const again = { ...here, failures: 4, sinceMs: at(125), untilMs: at(725) };

  it('sleeps on while somebody asks for what it waits for, and when that was in vain', () => {
    expect([isDue(parked, [asking], at(121)), isDue(parked, [again], at(125)), isDue(parked, [again], at(599)), isDue(parked, [again], at(600))]).toEqual([false, false, false, true]);
  });

  it('is due when whoever asked has died', () => {
    expect(isDue(parked, [asking], at(150))).toBe(true);
  });

  it('may ask early for that again, two minutes after somebody has', () => {
    expect([askedEarly(parked, [again], at(244)), askedEarly(parked, [again], at(245))]).toEqual([undefined, again]);
  });

  it('is due when one of several that end together cools no more', () => {
    const anywhere = { ...parked, waitsFor: [here, there].map(({ scope }) => scopeKey(scope)) };
    expect([isDue(anywhere, [here, there], at(100)), isDue(anywhere, [again, there], at(130))]).toEqual([false, false]);
    expect([isDue(anywhere, [there], at(100)), isDue(anywhere, [{ ...here, untilMs: at(100) }, there], at(100))]).toEqual([true, true]);
  });

  it('is due when what it waits for is short of more machines only than any of its launches asks for', () => {
    const demand = aDemand({ nodes: 4, pools: [{ nodes: 4, vcpus: 768, types: ['p5.48xlarge'], markets: ['spot'] }] });
    const ofMany = (atLeast: number): boolean => isDue({ ...parked, demand }, [{ ...again, atLeast }], at(130));
    expect([ofMany(4), ofMany(5)]).toEqual([false, true]);
  });

  it('of a throttled account comes back at its time, a moment apart from others, or when a launch shows that the account may launch', () => {
    const account: Cooldown = { ...here, scope: { kind: 'account', region: 'us-east-1' }, code: 'RequestLimitExceeded' };
    const spread = { ...parked, untilMs: at(603), waitsFor: [scopeKey(account.scope)] };
    expect([isDue(spread, [account], at(602)), isDue(spread, [account], at(603)), isDue(spread, [], at(100))]).toEqual([false, true, true]);
  });
});
