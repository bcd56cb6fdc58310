import { viewManifest } from '../../../core/api/manifest-view.ts';
import { operations } from '../../../core/api/operations.ts';
import { formatOf } from '../../../core/api/submission.ts';
import { canonicalJson } from '../../../core/manifest/canonical.ts';
import { manifestDigest } from '../../../core/manifest/digest.ts';
import type { EpochMs } from '../../../core/job/ids.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { ManifestStore } from '../../../core/ports/manifest-store.ts';
import type { ApiOperation } from '../../runtime/api-handler.ts';
import { sha256Hex } from '../../runtime/digest.ts';
import { acceptManifest } from '../accept-manifest.ts';
import type { AcceptancePorts } from '../accept-manifest.ts';

export interface PutManifestPorts extends AcceptancePorts {
  readonly manifests: Pick<ManifestStore, 'put'>;
  readonly clock: Clock;
  readonly newAuditId: (nowMs: EpochMs) => string;
}

/** Stores a manifest as a new version, or finds the version that has its digest. */
export function putManifest(ports: PutManifestPorts): ApiOperation<typeof operations.putManifest> {
  return {
    schema: operations.putManifest,
    run: async ({ path: { namespace, name }, text, mediaType, user, origin }) => {
      const source = { kind: 'text', text, format: formatOf(text, mediaType) } as const;
      const { manifest } = await acceptManifest(ports, source, { namespace, name });
      const atMs = ports.clock.now();
      const { version, created } = await ports.manifests.put({
        namespace,
        name,
        digest: manifestDigest(manifest, sha256Hex),
        canonical: canonicalJson(manifest),
        createdAtMs: atMs,
        createdBy: user,
      }, { id: ports.newAuditId(atMs), atMs, by: user, reason: '', origin });
      const location = `/v1/namespaces/${namespace}/manifests/${name}/versions/${version.version}`;
      return { status: created ? 201 : 200, body: viewManifest(version), headers: { location } };
    },
  };
}
