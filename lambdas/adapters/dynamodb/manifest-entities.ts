import { Entity, item, number, string } from 'dynamodb-toolbox';
import type { Digest, EpochMs, JobId } from '../../../core/job/ids.ts';
import type { ManifestVersion } from '../../../core/ports/manifest-store.ts';
import { packed } from './packed.ts';
import { as, bare, type AttributesOf, type ToolboxTable } from './toolbox-table.ts';
import { keys } from './keys.ts';

/** Manifests and the records of idempotency keys. */
export function manifestEntities(table: ToolboxTable) {
  const named = { namespace: string().key(), name: string().key() };
  const described = { digest: as<Digest>(), createdAtMs: as<EpochMs>(), createdBy: string() };
  return {
    version: new Entity({
      ...bare, name: 'version', table, computeKey: ({ namespace, name, version }) => keys.manifestVersion(namespace, name, version),
      schema: item({ ...named, version: number().key(), ...described, canonical: as<string>().transform(packed<string>()) } satisfies AttributesOf<ManifestVersion>),
    }),
    /** Which version has a digest. */
    digest: new Entity({
      ...bare, name: 'digest', table, computeKey: ({ namespace, name, digest }) => keys.manifestDigest(namespace, name, digest),
      schema: item({ ...named, digest: as<Digest>().key(), version: number() }),
    }),
    /** The latest version of a name: what the listing shows and what the next version is numbered after. */
    head: new Entity({
      ...bare, name: 'head', table, computeKey: ({ namespace, name }) => keys.manifestHead(namespace, name),
      schema: item({ ...named, version: number(), ...described } satisfies AttributesOf<Omit<ManifestVersion, 'canonical'>>),
    }),
    idempotency: new Entity({
      ...bare, name: 'idempotency', table, computeKey: ({ namespace, key }) => keys.idempotency(namespace, key),
      schema: item({ namespace: string().key(), key: string().key(), requestDigest: string(), jobId: as<JobId>(), expiresAt: number() }),
    }),
  };
}
