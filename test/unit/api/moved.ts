import { admit } from '../../../core/lifecycle/admit.ts';
import type { JobChange } from '../../../core/lifecycle/change.ts';
import { enter } from '../../../core/lifecycle/enter.ts';
import type { JobState } from '../../../core/lifecycle/states.ts';
import type { anApi } from '../../builders/api.ts';
import { aManifestText } from '../../builders/manifest.ts';

export type Api = ReturnType<typeof anApi>;

/** Submits a manifest; answers the job's id. */
export async function submitted(api: Api, text = aManifestText()): Promise<string> {
  return (await api.call('submitJob', { body: text })).body.jobId;
}

/** Moves a job on as scheduler and state machine do. */
export async function move(api: Api, id: string, ...path: JobState[]): Promise<void> {
  const commit = async (change: JobChange | undefined) => {
    if (change !== undefined) await api.jobs.commit(change);
  };
  await commit(admit(await api.get(id), {}, api.clock.now()));
  await commit(enter(await api.get(id), undefined, path, undefined, api.clock.now()));
}
