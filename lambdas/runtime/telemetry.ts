import { Metrics } from '@aws-lambda-powertools/metrics';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { commonDimensions, metricCatalogue, type Measurement } from '../../core/metrics/catalogue.ts';
import { emfLines } from '../../core/metrics/emf-lines.ts';
import { jobKeys, type JobKeys } from './job-keys.ts';
import { logger, logKeys, serviceName } from './logger.ts';

export { logger };

/** X-Ray; does nothing where there is no Lambda. */
export const tracer = new Tracer({ serviceName });

/** Writes measurements as EMF lines: nobody waits for an answer to a line of a log. What is no number is left out, and said. */
export function measure(measurements: readonly Measurement[]): void {
  const [numbers, others] = [measurements.filter(isNumber), measurements.filter((one) => !isNumber(one))];
  if (others.length > 0) logger.warn('Not measured: no number', { metrics: [...new Set(others.map(({ name }) => name))] });
  for (const line of emfLines(numbers)) {
    const metrics = new Metrics({ serviceName: commonDimensions.service });
    // Without any of their own Powertools takes the common ones.
    const { dimensions = {} } = line[0] ?? {};
    if (Object.keys(dimensions).length > 0) metrics.addDimensions({ ...dimensions });
    for (const { name, value } of line) metrics.addMetric(name, metricCatalogue[name].unit, value);
    metrics.publishStoredMetrics();
  }
}

const isNumber = ({ value }: Measurement): boolean => Number.isFinite(value);

/** Adds the job to every further log line of this invocation, and to the trace. */
export function logJob(keys: JobKeys): void {
  logKeys(jobKeys(keys));
  tracer.putAnnotation('jobId', keys.jobId);
}

/**
 * Logs what was thrown, whatever it is, and what lies behind it: the logger does not look into errors of many parts.
 *
 * @param facts what it concerns, where no key of the invocation says it
 */
export function logFailure(message: string, thrown: unknown, facts: Readonly<Record<string, unknown>> = {}): void {
  const causes = partsOf(thrown).map(inWords);
  logger.error(message, { ...facts, error: thrown instanceof Error ? thrown : new Error(String(thrown)), ...(causes.length > 0 && { causes: [...new Set(causes)].slice(0, MOST_CAUSES) }) });
}

/** A hundred jobs may fail together, mostly for one reason. */
const MOST_CAUSES = 10;

/** What an error was made of that has several causes; nothing of another one. */
function partsOf(thrown: unknown): readonly unknown[] {
  if (thrown instanceof AggregateError) return thrown.errors.flatMap((part: unknown) => [part, ...partsOf(part)]);
  return thrown instanceof Error ? partsOf(thrown.cause) : [];
}

const inWords = (thrown: unknown): string => (thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown));

/** Records the calls of an SDK client in the trace; answers the client. */
export function traced<Client>(client: Client): Client {
  return tracer.isTracingEnabled() ? tracer.captureAWSv3Client(client) : client;
}
