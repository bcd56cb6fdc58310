import type { Page } from '../../core/ports/page.ts';
import { manifestAudit, type ManifestStore, type ManifestVersion, type NewManifestVersion, type StoredByWhom } from '../../core/ports/manifest-store.ts';
import { decodeCursor, positions } from '../../lambdas/adapters/dynamodb/cursor.ts';
import { copy, InMemoryTable, page } from './in-memory-table.ts';

type Described = Omit<ManifestVersion, 'canonical'>;

export class InMemoryManifestStore implements ManifestStore {
  readonly #table: InMemoryTable;

  constructor(table: InMemoryTable = new InMemoryTable()) {
    this.#table = table;
  }

  async put(manifest: NewManifestVersion, audit?: StoredByWhom): Promise<{ readonly version: ManifestVersion; readonly created: boolean }> {
    const stored = this.add(manifest);
    if (stored.created && audit !== undefined) this.#table.audit.push(manifestAudit(audit, stored.version));
    return stored;
  }

  /** `put` without a promise: part of a submission. */
  add(manifest: NewManifestVersion): { readonly version: ManifestVersion; readonly created: boolean } {
    const versions = this.#versions(manifest.namespace, manifest.name);
    const known = versions.find((version) => version.digest === manifest.digest);
    if (known !== undefined) return { version: copy(known), created: false };
    const version = { ...copy(manifest), version: versions.length + 1 };
    this.#table.manifests.set(`${manifest.namespace}/${manifest.name}`, [...versions, version]);
    return { version: copy(version), created: true };
  }

  #versions(namespace: string, name: string): readonly ManifestVersion[] {
    return this.#table.manifests.get(`${namespace}/${name}`) ?? [];
  }

  async get(namespace: string, name: string, version?: number): Promise<ManifestVersion | undefined> {
    const versions = this.#versions(namespace, name);
    return copy(version === undefined ? versions.at(-1) : versions.find((candidate) => candidate.version === version));
  }

  async list(namespace: string, limit: number, cursor?: string): Promise<Page<Described>> {
    const after = cursor === undefined ? '' : decodeCursor(cursor, positions.name);
    const latest = [...this.#table.manifests.values()]
      .flatMap((versions) => versions.slice(-1))
      .filter((version) => version.namespace === namespace && version.name > after)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    return page(latest.map(described), limit, (version) => version.name);
  }

  async versions(namespace: string, name: string, limit: number, cursor?: string): Promise<Page<Described>> {
    const before = cursor === undefined ? Number.POSITIVE_INFINITY : Number(decodeCursor(cursor, positions.number));
    const older = this.#versions(namespace, name).filter(({ version }) => version < before);
    return page(older.map(described).toReversed(), limit, ({ version }) => String(version));
  }
}

function described({ canonical: _canonical, ...rest }: ManifestVersion): Described {
  return rest;
}
