import { logs, logsOfProviders } from '../../composition/job-logs.ts';
import { jobs } from '../../composition/stores.ts';
import { apiHandler } from '../../runtime/api-handler.ts';
import { readLogs } from './read-logs.ts';

export const handler = apiHandler(readLogs({ jobs, logs, logsOfProviders }));
