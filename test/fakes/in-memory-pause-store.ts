import { scopeKey } from '../../core/capacity/offering.ts';
import { cooldownOf, cooldownScopeOf } from '../../core/capacity/pauses.ts';
import { epochMs } from '../../core/job/ids.ts';
import type { AuditEntry, PauseStore } from '../../core/ports/share-store.ts';
import { pauseTarget } from '../../core/scheduling/pause-target.ts';
import type { Pause, PauseScope } from '../../core/queue/pause.ts';
import { copy, InMemoryTable } from './in-memory-table.ts';

export class InMemoryPauseStore implements PauseStore {
  readonly #table: InMemoryTable;

  constructor(table: InMemoryTable = new InMemoryTable()) {
    this.#table = table;
  }

  async pauses(): Promise<readonly Pause[]> {
    return copy([...this.#table.pauses.values()]);
  }

  async pause(pause: Pause, audit: AuditEntry): Promise<void> {
    const { pauses, cooldowns } = this.#table;
    const { scope, ...rest } = copy(pause);
    pauses.set(pauseTarget(scope), { ...rest, scope });
    if (scope.kind === 'market' || scope.kind === 'offering') {
      const cooldown = cooldownOf({ ...rest, scope });
      cooldowns.set(scopeKey(cooldown.scope), cooldown);
    } else {
      const { lease } = this.#table;
      this.#table.lease = { ...lease, owner: pause.by, epoch: lease.epoch + 1, expiresAtMs: epochMs(0) };
      this.#table.dirty = false;
    }
    this.#table.audit.push(copy(audit));
  }

  async resume(scope: PauseScope, audit: AuditEntry): Promise<boolean> {
    const { pauses, cooldowns } = this.#table;
    const wasThere = pauses.delete(pauseTarget(scope));
    if (scope.kind === 'market' || scope.kind === 'offering') cooldowns.delete(scopeKey(cooldownScopeOf(scope)));
    if (wasThere) this.#table.audit.push(copy(audit));
    return wasThere;
  }
}
