import type { Digest, EpochMs } from '../job/ids.ts';
import type { Page } from './page.ts';
import type { AuditEntry } from './share-store.ts';

/** A version of a manifest: immutable, known by its digest. `canonical` is RFC 8785 JSON of the validated manifest. */
export interface ManifestVersion {
  readonly namespace: string;
  readonly name: string;
  readonly version: number;
  readonly digest: Digest;
  readonly canonical: string;
  readonly createdAtMs: EpochMs;
  readonly createdBy: string;
}

export type NewManifestVersion = Omit<ManifestVersion, 'version'>;

/** Who stored a version; which one is known when it is. */
export type StoredByWhom = Omit<AuditEntry, 'action' | 'target'>;

export function manifestAudit(who: StoredByWhom, { namespace, name, version }: Pick<ManifestVersion, 'namespace' | 'name' | 'version'>): AuditEntry {
  return { ...who, action: 'ManifestStored', target: `manifest/${namespace}/${name}/${version}` };
}

export interface ManifestStore {
  /**
   * A new version, or the one that has this digest already. Concurrent puts get distinct versions.
   * @param audit recorded with a new version
   */
  put(manifest: NewManifestVersion, audit?: StoredByWhom): Promise<{ readonly version: ManifestVersion; readonly created: boolean }>;
  /** The latest version where none is named. */
  get(namespace: string, name: string, version?: number): Promise<ManifestVersion | undefined>;
  /** Names with their latest version, in order of name. */
  list(namespace: string, limit: number, cursor?: string): Promise<Page<Omit<ManifestVersion, 'canonical'>>>;
  /** Versions of one manifest, newest first. */
  versions(namespace: string, name: string, limit: number, cursor?: string): Promise<Page<Omit<ManifestVersion, 'canonical'>>>;
}
