import { attemptStoreContract } from './attempt-store.contract.ts';
import { auditLogContract } from './audit-log.contract.ts';
import { cooldownStoreContract } from './cooldown-store.contract.ts';
import { jobStoreContract } from './job-store.contract.ts';
import { manifestStoreContract } from './manifest-store.contract.ts';
import { pauseStoreContract } from './pause-store.contract.ts';
import { schedulerStoreContract } from './scheduler-store.contract.ts';
import { shareStoreContract } from './share-store.contract.ts';
import { submissionContract } from './submission.contract.ts';
import type { NewWorld } from './world.ts';

/** One suite per port; each implementation of the stores runs them all. */
export const storeContracts: readonly (readonly [string, (newWorld: NewWorld) => void])[] = [
  ['submission', submissionContract],
  ['JobStore', jobStoreContract],
  ['AttemptStore', attemptStoreContract],
  ['ManifestStore', manifestStoreContract],
  ['SchedulerStore', schedulerStoreContract],
  ['CooldownStore', cooldownStoreContract],
  ['ShareStore', shareStoreContract],
  ['PauseStore', pauseStoreContract],
  ['AuditLog', auditLogContract],
];
