import * as z from 'zod';
import { versionInPath } from '../../../core/api/fields.ts';
import { viewManifest } from '../../../core/api/manifest-view.ts';
import { operations } from '../../../core/api/operations.ts';
import { ManifestNotFoundError } from '../../../core/errors/orchestrator-error.ts';
import type { ManifestStore } from '../../../core/ports/manifest-store.ts';
import type { ApiOperation } from '../../runtime/api-handler.ts';

/** One function answers for the latest version and for a version by number. */
const schema = {
  path: operations.getManifest.path.extend({ version: z.exactOptional(versionInPath) }),
  query: operations.getManifestVersion.query,
};

/** A version of a manifest with its content; the latest where none is named. */
export function getManifest(ports: { readonly manifests: Pick<ManifestStore, 'get'> }): ApiOperation<typeof schema> {
  return {
    schema,
    run: async ({ path: { namespace, name, version } }) => {
      const found = await ports.manifests.get(namespace, name, version);
      if (found === undefined) {
        const which = version === undefined ? '' : ` version ${version} of`;
        throw new ManifestNotFoundError(`There is no${which} manifest ${name} in namespace ${namespace}.`, { namespace, name, version });
      }
      return { status: 200, body: viewManifest(found) };
    },
  };
}
