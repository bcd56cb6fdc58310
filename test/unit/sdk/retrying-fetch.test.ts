import { describe, expect, it } from '@jest/globals';
import { OrchestratorConnectionError } from '../../../sdk/src/errors.ts';
import { retryingFetch } from '../../../sdk/src/retrying-fetch.ts';

const request = (): Request => new Request('http://127.0.0.1/x', { method: 'POST', body: 'text' });
const busy = (status: number, retryAfter?: string): Response => new Response('', { status, ...(retryAfter === undefined ? {} : { headers: { 'retry-after': retryAfter } }) });

/** Sends a request to a service that gives these answers; `undefined` is none. */
async function send(answers: readonly (Response | undefined)[], maxAttempts = 4) {
  const waits: number[] = [];
  const bodies: string[] = [];
  const left = [...answers];
  const fetch = retryingFetch(
    async (sent) => {
      bodies.push(await sent.text());
      const answer = left.shift();
      if (answer === undefined) throw new TypeError('fetch failed');
      return answer;
    },
    { maxAttempts, timeoutMs: 60_000, wait: async (ms) => void waits.push(ms), random: () => 0.5 },
  );
  const result = await fetch(request()).then(({ status }) => status, (error: unknown) => error);
  return { result, waits, bodies };
}

describe('retryingFetch', () => {
  it('sends the same again after a delay that grows, up to a limit', async () => {
    const { result, waits, bodies } = await send([busy(500), busy(502), undefined, busy(504), busy(500), busy(500), busy(500), busy(200)], 8);
    expect(result).toBe(200);
    expect(waits).toEqual([125, 250, 500, 1000, 2000, 4000, 4000]);
    expect(new Set(bodies)).toEqual(new Set(['text']));
  });

  it('waits at least as long as Retry-After says', async () => {
    expect(await send([busy(429, '7'), busy(503, '1'), busy(200)])).toMatchObject({ result: 200, waits: [7125, 1250] });
  });

  it.each(['nonsense', '-3', 'Wed, 21 Oct 2015 07:28:00 GMT'])('backs off by itself when Retry-After is %j', async (retryAfter) => {
    expect((await send([busy(429, retryAfter), busy(200)])).waits).toEqual([125]);
  });

  it('leaves it to the caller to come back in an hour', async () => {
    expect(await send([busy(429, '3600')])).toMatchObject({ result: 429, waits: [] });
  });

  it.each([200, 201, 400, 403, 404, 409, 413, 422])('takes %i for an answer', async (status) => {
    expect(await send([busy(status)])).toMatchObject({ result: status, waits: [] });
  });

  it('gives the last answer when its attempts are over', async () => {
    expect(await send([busy(503), busy(503), busy(500)], 3)).toMatchObject({ result: 500, waits: [125, 250] });
  });

  it('says that nobody answered', async () => {
    const { result } = await send([undefined, undefined], 2);
    expect(result).toBeInstanceOf(OrchestratorConnectionError);
    expect(String(result)).toContain('No answer from http://127.0.0.1: fetch failed.');
  });
});
