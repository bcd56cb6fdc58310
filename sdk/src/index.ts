export { OrchestratorClient } from './client.ts';
export type { ClientConfiguration, Credentials } from './configuration.ts';
export {
  OrchestratorApiError, OrchestratorConfigurationError, OrchestratorConnectionError, OrchestratorCredentialsError,
} from './errors.ts';
export { followEvents, followLogs, hasEnded, waitForJob } from './follow.ts';
export type { WaitOptions, WatchOptions } from './follow.ts';
export { jobStates, outcomes } from './job-states.ts';
export { itemsOf } from './pages.ts';
export type * from './types.ts';
export { wait } from './wait.ts';
export type { Wait } from './wait.ts';
