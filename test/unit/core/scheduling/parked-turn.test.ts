import { describe, expect, it } from '@jest/globals';
import { askedEarly, isDue } from '../../../../core/scheduling/parked-turn.ts';
import type { Cooldown } from '../../../../core/capacity/offering.ts';
import { epochMs } from '../../../../core/job/ids.ts';

const at = (seconds: number) => epochMs(1_000_000 + seconds * 1000);
const parked = { sinceMs: at(0), untilMs: at(600) };
const cooldown: Cooldown = { scope: { kind: 'account', region: 'us-east-1' }, code: 'RequestLimitExceeded', failures: 1, sinceMs: at(0), untilMs: at(600) };

describe('a parked job', () => {
  it('is due at its time, or once the cooldown that ends then is no more', () => {
    expect([isDue(parked, [cooldown], at(599)), isDue(parked, [cooldown], at(600)), isDue(parked, [], at(29)), isDue(parked, [], at(30))]).toEqual([false, true, false, true]);
  });

  it('that waits for no cooldown is due at its time alone', () => {
    const patient = { ...parked, byClock: true } as const;
    expect([isDue(patient, [], at(30)), isDue(patient, [cooldown], at(599)), isDue(patient, [], at(600))]).toEqual([false, false, true]);
  });

  it('may ask early for what it waits for, once nobody has asked for two minutes since it was parked, and for nothing else', () => {
    const dead: Cooldown = { ...cooldown, scope: { kind: 'offering', offering: { instanceType: 'p5.48xlarge', zone: 'us-east-1a', market: 'spot' } } };
    const asked = (fields: Partial<Cooldown>, seconds: number, sinceMs = at(0)) => askedEarly({ ...parked, sinceMs }, [{ ...dead, ...fields }], at(seconds)) !== undefined;
    expect([asked({}, 119), asked({}, 120)]).toEqual([false, true]);
    expect([asked({ untilMs: at(601) }, 120), asked({ code: 'SpotInterruption' }, 120), asked({ scope: cooldown.scope }, 120)]).toEqual([false, false, false]);
    expect(asked({}, 300, at(120))).toBe(false);
  });
});
