import { asWritten } from '../../../core/api/manifest-view.ts';
import type { ValidationView } from '../../../core/api/manifest-view.ts';
import { operations } from '../../../core/api/operations.ts';
import { formatOf } from '../../../core/api/submission.ts';
import { manifestDigest } from '../../../core/manifest/digest.ts';
import type { ApiOperation } from '../../runtime/api-handler.ts';
import { sha256Hex } from '../../runtime/digest.ts';
import { acceptManifest } from '../accept-manifest.ts';
import type { AcceptancePorts } from '../accept-manifest.ts';

/** Says whether this deployment would run a manifest, and stores nothing. */
export function validateManifest(ports: AcceptancePorts): ApiOperation<typeof operations.validateManifest> {
  return {
    schema: operations.validateManifest,
    run: async ({ text, mediaType }) => {
      const source = { kind: 'text', text, format: formatOf(text, mediaType) } as const;
      const { manifest, runtimeVersion, warnings } = await acceptManifest(ports, source, {});
      const { name, namespace } = manifest.metadata;
      const body: ValidationView = {
        name,
        namespace,
        digest: manifestDigest(manifest, sha256Hex),
        ...(runtimeVersion === undefined ? {} : { runtimeVersion }),
        manifest: { ...asWritten(manifest) },
        warnings: [...warnings],
      };
      return { status: 200, body };
    },
  };
}
