import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { EventLog } from '../../../../core/ports/event-log.ts';
import { Answers, type AnswersOptions } from '../../../../lambdas/adapters/knowledge/answers.ts';
import { ManualClock, silentLog } from '../../../builders/capacity.ts';

const HOUR_MS = 3_600_000;
const asking = (fields: Partial<AnswersOptions> = {}): Answers<string> =>
  new Answers({ subject: 'the weather', lifeMs: HOUR_MS, unknownLifeMs: 60_000, patienceMs: 20, clock: new ManualClock(), log: silentLog, ...fields });

describe('Answers', () => {
  it('call off who takes too long, however many calls the answer takes', async () => {
    let isOver = false;
    const endless = async (signal: AbortSignal): Promise<never> => {
      try {
        for (;;) await delay(5, undefined, { signal });
      } finally {
        isOver = true;
      }
    };
    expect(await asking().to('tomorrow', endless)).toEqual({ unknown: 'TimeoutError: no answer within 0.02 seconds' });
    expect(isOver).toBe(true);
  });

  it('leave behind who does not heed that', async () => {
    const forever = async (): Promise<never> => new Promise(() => undefined);
    expect(await asking().to('tomorrow', forever)).toEqual({ unknown: 'TimeoutError: no answer within 0.02 seconds' });
  });

  it('take what somebody called off still knows', async () => {
    const resourceful = async (signal: AbortSignal): Promise<{ known: string }> => {
      await delay(10_000, undefined, { signal }).catch(() => undefined);
      return { known: 'as yesterday' };
    };
    expect(await asking().to('tomorrow', resourceful)).toEqual({ known: 'as yesterday' });
  });

  it('are asked for again as soon as who cannot say just now says, without a word in the log', async () => {
    const clock = new ManualClock();
    const warnings: string[] = [];
    const log: EventLog = { info: () => undefined, warn: (message) => void warnings.push(message) };
    const answers = asking({ clock, log });
    let asked = 0;
    const busy = async () => ({ unknown: `busy ${++asked}`, againInMs: 2_000 });
    expect(await Promise.all([answers.to('tomorrow', busy), answers.to('tomorrow', busy)])).toEqual([{ unknown: 'busy 1' }, { unknown: 'busy 1' }]);
    clock.advance(1_999);
    expect(await answers.to('tomorrow', busy)).toEqual({ unknown: 'busy 1' });
    clock.advance(1);
    expect(await answers.to('tomorrow', busy)).toEqual({ unknown: 'busy 2' });
    expect(warnings).toEqual([]);
  });
});
