import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { Tracer } from '@aws-lambda-powertools/tracer';

const serviceName = process.env['POWERTOOLS_SERVICE_NAME'] ?? 'orchestrator';

/** JSON lines; every one carries the keys set by the handler: request or job, attempt and namespace. */
export const logger = new Logger({ serviceName });
/** X-Ray; does nothing where there is no Lambda. */
export const tracer = new Tracer({ serviceName });
/** CloudWatch metrics as EMF lines. */
export const metrics = new Metrics({ namespace: 'AdvancedOrchestrator', serviceName });

/** What a log line says about the job that it is about. */
export interface JobKeys {
  readonly jobId: string;
  readonly namespace?: string;
  readonly attempt?: number;
}

/** Adds the job to every further log line of this invocation, and to the trace. */
export function logJob(keys: JobKeys): void {
  logger.appendKeys({ ...keys });
  tracer.putAnnotation('jobId', keys.jobId);
}

/** Logs what was thrown, whatever it is. */
export function logFailure(message: string, thrown: unknown): void {
  logger.error(message, thrown instanceof Error ? thrown : new Error(String(thrown)));
}

/** Records the calls of an SDK client in the trace; answers the client. */
export function traced<Client>(client: Client): Client {
  return tracer.isTracingEnabled() ? tracer.captureAWSv3Client(client) : client;
}
