import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { OrchestratorTable } from '../adapters/dynamodb/orchestrator-table.ts';
import { DynamoAttemptStore } from '../adapters/dynamodb/dynamo-attempt-store.ts';
import { DynamoAuditLog } from '../adapters/dynamodb/dynamo-audit-log.ts';
import { DynamoCooldownStore } from '../adapters/dynamodb/dynamo-cooldown-store.ts';
import { DynamoJobStore } from '../adapters/dynamodb/dynamo-job-store.ts';
import { DynamoManifestStore } from '../adapters/dynamodb/dynamo-manifest-store.ts';
import { DynamoPauseStore } from '../adapters/dynamodb/dynamo-pause-store.ts';
import { DynamoPlacementScores } from '../adapters/dynamodb/dynamo-placement-scores.ts';
import { DynamoPendingCounts } from '../adapters/dynamodb/dynamo-pending-counts.ts';
import { DynamoSchedulerStore } from '../adapters/dynamodb/dynamo-scheduler-store.ts';
import { DynamoSimulatedRecords } from '../adapters/dynamodb/dynamo-simulated-records.ts';
import { DynamoShareStore } from '../adapters/dynamodb/dynamo-share-store.ts';
import { partitions } from '../adapters/dynamodb/keys.ts';
import { SystemClock } from '../runtime/clock.ts';
import { loadDeployment } from '../runtime/deployment.ts';
import { traced } from '../runtime/telemetry.ts';

/** Built once per execution environment and shared by its invocations. */
export const deployment = loadDeployment();
export const clock = new SystemClock();
const table = new OrchestratorTable(traced(new DynamoDBClient({})), deployment.table);

export const jobs = new DynamoJobStore(table);
export const attempts = new DynamoAttemptStore(table);
export const cooldowns = new DynamoCooldownStore(table);
export const manifests = new DynamoManifestStore(table);
export const schedulerStore = new DynamoSchedulerStore(table);
export const pendingCounts = new DynamoPendingCounts(table, clock);
export const shareStore = new DynamoShareStore(table);
export const pauseStore = new DynamoPauseStore(table);
export const auditLog = new DynamoAuditLog(table);
export const simulatedRecords = new DynamoSimulatedRecords(table, clock);
export const simulatedCooldowns = new DynamoCooldownStore(table, partitions.simulatedCooldowns);
export const placementScores = new DynamoPlacementScores(table);
