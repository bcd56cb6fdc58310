import { Logger } from '@aws-lambda-powertools/logger';
import { withoutSecrets } from '../../core/logs/without-secrets.ts';

/** The function's name, as its log lines and its traces say it. */
export const serviceName = process.env['POWERTOOLS_SERVICE_NAME'] ?? 'orchestrator';

/** JSON lines; every one carries what `logKeys` said in this invocation, and none a secret. */
export const logger = new Logger({ serviceName, jsonReplacerFn: withoutSecrets });

/**
 * Says what every further line of this invocation is about, as soon as it is known. Not for what is one of many things that
 * an invocation does at a time: its lines say themselves what they are about.
 */
export function logKeys(keys: Readonly<Record<string, string | number | undefined>>): void {
  logger.appendKeys({ ...keys });
}
