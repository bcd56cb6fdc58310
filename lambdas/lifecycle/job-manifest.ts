import { storedManifest } from '../../core/api/manifest-view.ts';
import { ManifestNotFoundError } from '../../core/errors/orchestrator-error.ts';
import type { Job } from '../../core/job/job.ts';
import type { Manifest } from '../../core/manifest/schema.ts';
import type { ManifestStore } from '../../core/ports/manifest-store.ts';

/** The manifest that a job runs; a version never changes. */
export async function manifestOf(manifests: ManifestStore, job: Job): Promise<Manifest> {
  const { name, version } = job.manifest;
  const stored = await manifests.get(job.namespace, name, version);
  if (stored === undefined) {
    throw new ManifestNotFoundError(`Version ${version} of manifest ${name} in ${job.namespace} is gone.`, { name, version });
  }
  return storedManifest(stored);
}
