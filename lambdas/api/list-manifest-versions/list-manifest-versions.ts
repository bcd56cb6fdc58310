import { viewManifestSummary } from '../../../core/api/manifest-view.ts';
import { operations } from '../../../core/api/operations.ts';
import { ManifestNotFoundError } from '../../../core/errors/orchestrator-error.ts';
import type { ManifestStore } from '../../../core/ports/manifest-store.ts';
import type { ApiOperation } from '../../runtime/api-handler.ts';

/** Versions of a manifest, newest first. */
export function listManifestVersions(
  ports: { readonly manifests: Pick<ManifestStore, 'versions'> },
): ApiOperation<typeof operations.listManifestVersions> {
  return {
    schema: operations.listManifestVersions,
    run: async ({ path: { namespace, name }, query: { limit, cursor } }) => {
      const page = await ports.manifests.versions(namespace, name, limit, cursor);
      if (page.items.length === 0 && cursor === undefined) {
        throw new ManifestNotFoundError(`There is no manifest ${name} in namespace ${namespace}.`, { namespace, name });
      }
      return { status: 200, body: { ...page, items: page.items.map(viewManifestSummary) } };
    },
  };
}
