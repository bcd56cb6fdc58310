import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { UpdateTransaction } from 'dynamodb-toolbox/entity/actions/transactUpdate';
import { $add } from 'dynamodb-toolbox/entity/actions/update';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { scopeKey } from '../../../core/capacity/offering.ts';
import { cooldownOf, cooldownScopeOf, pauseOf, type MarketPause } from '../../../core/capacity/pauses.ts';
import { epochMs } from '../../../core/job/ids.ts';
import type { AuditEntry, PauseStore } from '../../../core/ports/share-store.ts';
import { pauseTarget } from '../../../core/scheduling/pause-target.ts';
import type { Pause, PauseScope } from '../../../core/queue/pause.ts';
import { keys, partitions, sortPrefixes } from './keys.ts';
import type { Action, OrchestratorTable } from './orchestrator-table.ts';
import { TransactionRefused } from './refusals.ts';

/** Of the keys of cooldowns that are pauses. */
const pausedPrefix = 'paused/';

const everything = { consistent: true, maxPages: Number.POSITIVE_INFINITY } as const;

/**
 * Pauses in DynamoDB. Those of the queue and of namespaces stand where each cycle of the scheduler reads them, those of
 * markets and offerings among the cooldowns, so that whoever heeds cooldowns heeds them.
 */
export class DynamoPauseStore implements PauseStore {
  readonly #table: OrchestratorTable;

  constructor(table: OrchestratorTable) {
    this.#table = table;
  }

  async pauses(): Promise<readonly Pause[]> {
    const { table, entities } = this.#table;
    const inQueue = table.build(QueryCommand).entities(entities.pause).query({ partition: partitions.cycle, range: { beginsWith: sortPrefixes.pause } });
    const inMarket = table.build(QueryCommand).entities(entities.cooldown).query({ partition: partitions.cooldowns, range: { beginsWith: pausedPrefix } });
    const [queue, market] = await Promise.all([
      this.#table.call(() => inQueue.options(everything).send()),
      this.#table.call(() => inMarket.options(everything).send()),
    ]);
    return [...(queue.Items ?? []).map((item) => item.pause), ...(market.Items ?? []).flatMap((item) => pauseOf(item.cooldown) ?? [])];
  }

  async pause(pause: Pause, audit: AuditEntry): Promise<void> {
    const ended = isOfMarket(pause) ? [] : this.#endLease(pause);
    await this.#table.transact([this.#put(pause), this.#record(audit), ...ended]);
  }

  async resume(scope: PauseScope, audit: AuditEntry): Promise<boolean> {
    try {
      await this.#table.transact([this.#remove(scope), this.#record(audit)]);
      return true;
    } catch (error) {
      if (error instanceof TransactionRefused && error.isUnmet(0)) return false;
      throw error;
    }
  }

  /** What a scheduler that has not seen the pause is about to grant is refused, and the next one is woken. */
  #endLease({ by, atMs }: Pause): Action[] {
    const { lease, wake } = this.#table.entities;
    return [
      lease.build(UpdateTransaction).item({ ...keys.lease, owner: by, epoch: $add(1), expiresAtMs: epochMs(0), dirty: false }),
      wake.build(PutTransaction).item({ ...keys.wake, atMs }),
    ];
  }

  #put(pause: Pause): Action {
    const { entities } = this.#table;
    if (!isOfMarket(pause)) return entities.pause.build(PutTransaction).item({ target: pauseTarget(pause.scope), pause });
    const cooldown = cooldownOf(pause);
    return entities.cooldown.build(PutTransaction).item({
      ...keys.cooldown(scopeKey(cooldown.scope)), cooldown, expiresAt: Math.ceil(cooldown.untilMs / 1000),
    });
  }

  #remove(scope: PauseScope): Action {
    const { entities } = this.#table;
    if (isMarketScope(scope)) {
      const key = keys.cooldown(scopeKey(cooldownScopeOf(scope)));
      return entities.cooldown.build(DeleteTransaction).key(key).options({ condition: { attr: 'cooldown', exists: true } });
    }
    return entities.pause.build(DeleteTransaction).key({ target: pauseTarget(scope) }).options({ condition: { attr: 'pause', exists: true } });
  }

  #record(entry: AuditEntry): Action {
    return this.#table.entities.audit.build(PutTransaction).item(entry);
  }
}

const isMarketScope = (scope: PauseScope): scope is MarketPause['scope'] => scope.kind === 'market' || scope.kind === 'offering';
const isOfMarket = (pause: Pause): pause is MarketPause => isMarketScope(pause.scope);
