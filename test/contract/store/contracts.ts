import { attemptStoreContract } from './attempt-store.contract.ts';
import { auditLogContract } from './audit-log.contract.ts';
import { cooldownStoreContract } from './cooldown-store.contract.ts';
import { jobStoreContract } from './job-store.contract.ts';
import { manifestStoreContract } from './manifest-store.contract.ts';
import { pauseStoreContract } from './pause-store.contract.ts';
import { schedulerLeaseContract } from './scheduler-lease.contract.ts';
import { schedulerLedgerContract } from './scheduler-ledger.contract.ts';
import { schedulerQueueContract } from './scheduler-queue.contract.ts';
import { shareStoreContract } from './share-store.contract.ts';
import { submissionContract } from './submission.contract.ts';
import type { NewWorld } from './world.ts';

/** One suite per port; each implementation of the stores runs them all. */
export const storeContracts: readonly (readonly [string, (newWorld: NewWorld) => void])[] = [
  ['submission', submissionContract],
  ['JobStore', jobStoreContract],
  ['AttemptStore', attemptStoreContract],
  ['ManifestStore', manifestStoreContract],
  ['SchedulerStore: the lease', schedulerLeaseContract],
  ['SchedulerStore: the queue', schedulerQueueContract],
  ['SchedulerStore: the counters', schedulerLedgerContract],
  ['CooldownStore', cooldownStoreContract],
  ['ShareStore', shareStoreContract],
  ['PauseStore', pauseStoreContract],
  ['AuditLog', auditLogContract],
];
