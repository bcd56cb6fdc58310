import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../../local/eventually.ts';

describe('waiting for an answer', () => {
  it('gives the first that there is', async () => {
    const answers = [undefined, false, 'so'] as const;
    let asked = 0;
    await expect(eventually('it is', () => answers[asked++], 10_000, 1)).resolves.toBe('so');
  });

  it('ends at its end, also where nobody answers', async () => {
    await expect(eventually('it is', () => false, 20, 1)).rejects.toThrow('Waited 0.02 s in vain: it is');
    await expect(eventually('it is', () => new Promise<boolean>(() => undefined), 20, 1)).rejects.toThrow('Waited 0.02 s in vain: it is');
  });

  it('ends when nobody waits any more', async () => {
    const stop = new AbortController();
    const wait = eventually('it is', () => { stop.abort(); return false; }, 60_000, 1, stop.signal);
    await expect(wait).rejects.toThrow('Nobody waits any more: it is');
  });
});
