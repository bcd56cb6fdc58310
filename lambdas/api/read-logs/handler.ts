import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CloudWatchJobLogs } from '../../adapters/cloudwatch/cloudwatch-job-logs.ts';
import { SimulatedJobLogs } from '../../adapters/simulated/simulated-job-logs.ts';
import { deployment, jobs, simulatedRecords } from '../../composition/stores.ts';
import { apiHandler } from '../../runtime/api-handler.ts';
import { traced } from '../../runtime/telemetry.ts';
import { readLogs } from './read-logs.ts';

const logs = new CloudWatchJobLogs(traced(new CloudWatchLogsClient({})), deployment.jobLogGroup);
const logsOfProviders = new Map(deployment.providers?.simulated === undefined ? [] : [['simulated', new SimulatedJobLogs(simulatedRecords)]]);

export const handler = apiHandler(readLogs({ jobs, logs, logsOfProviders }));
