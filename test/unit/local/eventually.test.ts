import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../../local/eventually.ts';

describe('waiting for an answer', () => {
  it('gives the first that there is', async () => {
    const answers = [undefined, false, 'so'] as const;
    let asked = 0;
    await expect(eventually('it is', () => answers[asked++], { timeoutMs: 10_000, pollMs: 1 })).resolves.toBe('so');
  });

  it('ends at its end, also where nobody answers', async () => {
    await expect(eventually('it is', () => false, { timeoutMs: 20, pollMs: 1 })).rejects.toThrow('Waited 0.02 s in vain: it is');
    await expect(eventually('it is', () => new Promise<boolean>(() => undefined), { timeoutMs: 20, pollMs: 1, lastAskMs: 20 })).rejects.toThrow('Waited 0.02 s in vain: it is');
  });

  it('lets an ask that began before the end come to its own', async () => {
    const slow = () => new Promise<string>((resolve) => { setTimeout(resolve, 30, 'so'); });
    await expect(eventually('it is', slow, { timeoutMs: 1, lastAskMs: 10_000 })).resolves.toBe('so');
  });

  it('ends when nobody waits any more', async () => {
    const stop = new AbortController();
    const wait = eventually('it is', () => { stop.abort(); return false; }, { timeoutMs: 60_000, pollMs: 1, stopped: stop.signal });
    await expect(wait).rejects.toThrow('Nobody waits any more: it is');
  });
});
