import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { SIMULATED_PROVIDER } from '../../core/capacity/provider-registry.ts';
import type { JobLogs } from '../../core/ports/job-logs.ts';
import { CloudWatchJobLogs } from '../adapters/cloudwatch/cloudwatch-job-logs.ts';
import { SimulatedJobLogs } from '../adapters/simulated/simulated-job-logs.ts';
import { traced } from '../runtime/telemetry.ts';
import { deployment, simulatedRecords } from './stores.ts';

/** What nodes write into the deployment's log group. */
export const logs = new CloudWatchJobLogs(traced(new CloudWatchLogsClient({})), deployment.jobLogGroup);

/** Logs of providers whose nodes write none of their own, also of those that are withdrawn: a log outlives its job. */
export const logsOfProviders: ReadonlyMap<string, JobLogs> = new Map([[SIMULATED_PROVIDER, new SimulatedJobLogs(simulatedRecords)]]);
