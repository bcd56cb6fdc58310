import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jobId } from '../../../core/job/ids.ts';
import type { AttemptSecrets } from '../../../core/ports/attempt-secrets.ts';

/** Where secrets are kept, and those who ask for them. */
export interface SecretsWorld {
  /** Another execution environment of a function. */
  newcomer(): AttemptSecrets;
  close(): Promise<void>;
}

/** What every keeper of attempts' secrets does. */
export function attemptSecretsContract(name: string, start: () => Promise<SecretsWorld>): void {
  describe(`the secret of an attempt, ${name}`, () => {
    let world: SecretsWorld;
    beforeAll(async () => {
      world = await start();
    }, 120_000);
    afterAll(() => world?.close());

    it('is 128 characters of base64', async () => {
      expect(await world.newcomer().of(jobId('01hsecret00000000000000001'), 1)).toMatch(/^[A-Za-z0-9+/]{128}$/);
    });

    it('is the same for whoever asks, whenever', async () => {
      const ask = (): Promise<string> => world.newcomer().of(jobId('01hsecret00000000000000002'), 1);
      const first = await ask();
      expect(await Promise.all([ask(), ask()])).toEqual([first, first]);
    });

    it('is made once where several ask at the same moment', async () => {
      const asked = await Promise.all(Array.from({ length: 8 }, () => world.newcomer().of(jobId('01hsecret00000000000000003'), 1)));
      expect(new Set(asked).size).toBe(1);
    });

    it('is another one for each attempt and each job', async () => {
      const [one, two] = [jobId('01hsecret00000000000000004'), jobId('01hsecret00000000000000005')];
      const secrets = await Promise.all([world.newcomer().of(one, 1), world.newcomer().of(one, 2), world.newcomer().of(two, 1)]);
      expect(new Set(secrets).size).toBe(3);
    });
  });
}
