import type { Digest, EpochMs } from '../job/ids.ts';
import type { Page } from './page.ts';

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

export interface ManifestStore {
  /** A new version, or the one that has this digest already. Concurrent puts get distinct versions. */
  put(manifest: NewManifestVersion): Promise<{ readonly version: ManifestVersion; readonly created: boolean }>;
  /** The latest version where none is named. */
  get(namespace: string, name: string, version?: number): Promise<ManifestVersion | undefined>;
  /** Names with their latest version, in order of name. */
  list(namespace: string, limit: number, cursor?: string): Promise<Page<Omit<ManifestVersion, 'canonical'>>>;
  /** Versions of one manifest, newest first. */
  versions(namespace: string, name: string, limit: number, cursor?: string): Promise<Page<Omit<ManifestVersion, 'canonical'>>>;
}
