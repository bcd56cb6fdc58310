import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { VersionConflictError } from '../../../core/errors/orchestrator-error.ts';
import type { Page } from '../../../core/ports/page.ts';
import { manifestAudit, type ManifestStore, type ManifestVersion, type NewManifestVersion, type StoredByWhom } from '../../../core/ports/manifest-store.ts';
import { decodeCursor, encodeCursor, positions } from './cursor.ts';
import { keys, manifestListPartition, manifestPartition, sortPrefixes, versionSortKey } from './keys.ts';
import { ManifestVersions } from './manifest-versions.ts';
import type { OrchestratorTable } from './orchestrator-table.ts';
import { TransactionRefused } from './refusals.ts';

type Described = Omit<ManifestVersion, 'canonical'>;

/** Versions kept in memory, those used last: the steps of a job run one after the other, often in the same environment. */
const REMEMBERED = 20;
/** Puts of one name at the same time count up one after the other. */
const MAX_TRIES = 10;

/** Manifests in DynamoDB: an item a version, one that names the latest, one that finds a digest. */
export class DynamoManifestStore implements ManifestStore {
  readonly #table: OrchestratorTable;
  readonly #versions: ManifestVersions;
  readonly #read = new Map<string, ManifestVersion>();

  constructor(table: OrchestratorTable) {
    this.#table = table;
    this.#versions = new ManifestVersions(table);
  }

  async put(manifest: NewManifestVersion, audit?: StoredByWhom): Promise<{ readonly version: ManifestVersion; readonly created: boolean }> {
    for (let attempt = 1; ; attempt += 1) {
      const { version, actions } = await this.#versions.next(manifest);
      try {
        const records = audit === undefined ? [] : [this.#table.entities.audit.build(PutTransaction).item(manifestAudit(audit, version))];
        if (actions.length > 0) await this.#table.transact([...actions, ...records]);
        return { version: { ...version, canonical: manifest.canonical }, created: actions.length > 0 };
      } catch (error) {
        if (!(error instanceof TransactionRefused)) throw error;
        if (attempt === MAX_TRIES) throw new VersionConflictError('The manifest goes on changing.', { name: manifest.name }, { cause: error });
      }
    }
  }

  async get(namespace: string, name: string, version?: number): Promise<ManifestVersion | undefined> {
    if (version === undefined) return this.#latest(namespace, name);
    const key = `${namespace}/${name}/${version}`;
    const found = this.#read.get(key) ?? (await this.#readVersion(namespace, name, version, false)) ?? (await this.#readVersion(namespace, name, version, true));
    if (found !== undefined) this.#remember(key, found);
    return found;
  }

  #remember(key: string, version: ManifestVersion): void {
    this.#read.delete(key);
    this.#read.set(key, version);
    const [oldest] = this.#read.keys();
    if (this.#read.size > REMEMBERED && oldest !== undefined) this.#read.delete(oldest);
  }

  /** A version never changes, so whatever a read finds is right; only one that finds nothing may have come too early. */
  async #readVersion(namespace: string, name: string, version: number, consistent: boolean): Promise<ManifestVersion | undefined> {
    const get = this.#table.entities.version.build(GetItemCommand).key({ namespace, name, version }).options({ consistent });
    const { Item } = await this.#table.call(() => get.send());
    return Item;
  }

  async #latest(namespace: string, name: string): Promise<ManifestVersion | undefined> {
    const query = this.#versionsBefore(namespace, name);
    const { Items = [] } = await this.#table.call(() => query.options({ consistent: true, reverse: true, limit: 1 }).send());
    return Items[0];
  }

  #versionsBefore(namespace: string, name: string, before?: number) {
    const { table, entities } = this.#table;
    const last = before === undefined ? `${sortPrefixes.version}~` : versionSortKey(Math.max(0, before - 1));
    const range: { readonly between: [string, string] } = { between: [sortPrefixes.version, last] };
    return table.build(QueryCommand).entities(entities.version).query({ partition: manifestPartition(namespace, name), range });
  }

  async list(namespace: string, limit: number, cursor?: string): Promise<Page<Described>> {
    const { table, entities } = this.#table;
    const start = cursor === undefined ? {} : { exclusiveStartKey: { ...keys.manifestHead(namespace, decodeCursor(cursor, positions.name)) } };
    const query = table.build(QueryCommand).entities(entities.head).query({ partition: manifestListPartition(namespace) });
    const { Items = [], LastEvaluatedKey } = await this.#table.call(() => query.options({ consistent: true, limit, ...start }).send());
    const last = Items.at(-1);
    return { items: Items, ...(LastEvaluatedKey === undefined || last === undefined ? {} : { cursor: encodeCursor(last.name) }) };
  }

  async versions(namespace: string, name: string, limit: number, cursor?: string): Promise<Page<Described>> {
    const before = cursor === undefined ? undefined : Number(decodeCursor(cursor, positions.number));
    const query = this.#versionsBefore(namespace, name, before);
    const { Items = [], LastEvaluatedKey } = await this.#table.call(() => query.options({ consistent: true, reverse: true, limit }).send());
    const last = Items.at(-1);
    return {
      items: Items.map(({ canonical: _canonical, ...described }) => described),
      ...(LastEvaluatedKey === undefined || last === undefined ? {} : { cursor: encodeCursor(String(last.version)) }),
    };
  }
}
