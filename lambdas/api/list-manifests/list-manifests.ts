import { viewManifestSummary } from '../../../core/api/manifest-view.ts';
import { operations } from '../../../core/api/operations.ts';
import type { ManifestStore } from '../../../core/ports/manifest-store.ts';
import type { ApiOperation } from '../../runtime/api-handler.ts';

/** Lists a namespace's manifests with their latest version, by name. */
export function listManifests(ports: { readonly manifests: Pick<ManifestStore, 'list'> }): ApiOperation<typeof operations.listManifests> {
  return {
    schema: operations.listManifests,
    run: async ({ path: { namespace }, query: { limit, cursor } }) => {
      const page = await ports.manifests.list(namespace, limit, cursor);
      return { status: 200, body: { ...page, items: page.items.map(viewManifestSummary) } };
    },
  };
}
