import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import type { ManifestVersion, NewManifestVersion } from '../../../core/ports/manifest-store.ts';
import type { Action, OrchestratorTable } from './orchestrator-table.ts';

/** The version that a manifest has or will have; without actions it is there already. */
export interface NextVersion {
  readonly version: Omit<ManifestVersion, 'canonical'>;
  readonly actions: readonly Action[];
}

/**
 * Numbers manifest versions. The actions that write one fail as a whole if somebody else took the number or brought the
 * same digest in between: then ask again.
 */
export class ManifestVersions {
  readonly #table: OrchestratorTable;

  constructor(table: OrchestratorTable) {
    this.#table = table;
  }

  async next(manifest: NewManifestVersion): Promise<NextVersion> {
    const { canonical: _canonical, ...described } = manifest;
    const { namespace, name, digest } = manifest;
    const { entities } = this.#table;
    const { Item: head } = await this.#table.call(() => entities.head.build(GetItemCommand).key({ namespace, name }).options({ consistent: true }).send());
    if (head?.digest === digest) return { version: head, actions: [] };
    const known = head === undefined ? undefined : await this.#versionOf(manifest);
    if (known !== undefined) return { version: { ...described, version: known }, actions: [] };
    const version = (head?.version ?? 0) + 1;
    return { version: { ...described, version }, actions: this.#actions(manifest, version) };
  }

  async #versionOf({ namespace, name, digest }: NewManifestVersion): Promise<number | undefined> {
    const { entities } = this.#table;
    const { Item } = await this.#table.call(() => entities.digest.build(GetItemCommand).key({ namespace, name, digest }).options({ consistent: true }).send());
    return Item?.version;
  }

  #actions(manifest: NewManifestVersion, version: number): Action[] {
    const { entities } = this.#table;
    const { canonical: _canonical, ...described } = manifest;
    const { namespace, name, digest } = manifest;
    return [
      // Whoever takes the number decided on the head before it, so head and digest need no condition of their own.
      entities.version.build(PutTransaction).item({ ...manifest, version }).options({ condition: { attr: 'version', exists: false } }),
      entities.head.build(PutTransaction).item({ ...described, version }),
      entities.digest.build(PutTransaction).item({ namespace, name, digest, version }),
    ];
  }
}
