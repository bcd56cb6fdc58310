import type { Clock } from '../../core/ports/clock.ts';
import type { Lease, SchedulerStore } from '../../core/ports/scheduler-store.ts';

export interface LeasePorts {
  readonly store: Pick<SchedulerStore, 'takeLease' | 'renewLease' | 'dropLease' | 'markDirty'>;
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly log: { info(message: string, facts: Record<string, unknown>): void };
}

/** Whoever finds the lease taken leaves a mark and looks once more: its holder may have looked for the mark before. */
export async function takeLease(ports: LeasePorts, owner: string): Promise<Lease | undefined> {
  const take = () => ports.store.takeLease(owner, ports.clock.now(), ports.leaseMs);
  const taken = await take();
  if (taken !== undefined) return taken;
  await ports.store.markDirty();
  return take();
}

/** A cycle is shorter than half of the lease. */
export async function keepLease(ports: LeasePorts, lease: Lease): Promise<Lease> {
  const nowMs = ports.clock.now();
  if (lease.expiresAtMs - nowMs > ports.leaseMs / 2) return lease;
  // Its holder knows better than the table which jobs look for machines.
  return { ...(await ports.store.renewLease(lease, nowMs, ports.leaseMs)), launching: lease.launching };
}

/** After a failure, so that the next need not wait for the lease's end; it ends by itself where this fails too. */
export async function giveBack(ports: LeasePorts, lease: Lease): Promise<void> {
  try {
    await ports.store.dropLease(lease);
  } catch (error) {
    ports.log.info('the lease could not be given back', { owner: lease.owner, error });
  }
}
