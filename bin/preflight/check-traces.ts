import type { DeploymentConfiguration } from '../../lib/configuration/schema.ts';
import type { TraceFacts } from './facts.ts';
import { ok, warn, type Finding } from './finding.ts';

const wayOut = 'Turn Transaction Search on once for the account and region: docs/deploy.md, *Traces*, has the commands. '
  + 'Or set telemetry.traces to false, or telemetry.otlpEndpoint.';

/** Whether a deployment sends spans of jobs to CloudWatch. */
export const tracesGoToCloudWatch = ({ traces, otlpEndpoint }: DeploymentConfiguration['telemetry']): boolean => traces && otlpEndpoint === undefined;

/** Spans of jobs: CloudWatch takes them where Transaction Search is on. Jobs run without. */
export function checkTraces({ destination }: TraceFacts): Finding[] {
  if (destination === undefined) return [];
  const { keeper, isReady } = destination;
  if (keeper !== 'CloudWatchLogs') return [warn('traces of jobs', `Transaction Search is off: spans go to ${keeper}, which refuses those of OTLP`, wayOut)];
  if (!isReady) return [warn('traces of jobs', 'Transaction Search is being turned on', 'Wait some minutes; spans until then are dropped.')];
  return [ok('traces of jobs', 'Transaction Search is on')];
}
