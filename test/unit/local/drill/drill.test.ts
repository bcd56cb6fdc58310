import { expect, it } from '@jest/globals';
import type { DrillCloud } from '../../../../local/drill/cloud.ts';
import { failures } from '../../../../local/drill/catalogue.ts';
import type { Failure } from '../../../../local/drill/failure.ts';
import { drill } from '../../../../local/drill/drill.ts';

/** That of a job which ends, with nothing that has to be done to the cloud. */
const plain = failures['job exits with 7'] as Failure;
const refuses = (said: string) => () => Promise.reject(new Error(said));

/** A cloud that takes no job. */
const cloud = (parts: object): DrillCloud => ({ ringing: () => Promise.resolve([]), submit: refuses('no job'), ...parts }) as unknown as DrillCloud;

it('a look at the alarms that fails is a wrong answer of the one that was judged, and the others go on', async () => {
  let looks = 0;
  const ringing = () => ((looks += 1) === 2 ? refuses('not evaluated')() : Promise.resolve([]));

  const { verdicts } = await drill(cloud({ ringing }), { first: plain, second: plain });

  expect(verdicts.map(({ alarm }) => alarm.found)).toEqual(['Error: not evaluated', 'Error: no job']);
});

it('what cannot be taken back is the verdict, and the others go on', async () => {
  const kept = { ...plain, prepare: async () => refuses('still denied') };

  const { verdicts } = await drill(cloud({}), { first: kept, second: plain });

  expect(verdicts.map(({ cause }) => cause.found)).toEqual(['Error: no job; not taken back: Error: still denied', 'Error: no job']);
});
