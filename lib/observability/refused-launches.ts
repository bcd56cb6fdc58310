import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { SIMULATED_PROVIDER } from '../../core/capacity/provider-registry.ts';
import { LAUNCH_REFUSED } from '../../core/capacity/refused-launch.ts';
import type { OrchestratorFunction } from '../functions/orchestrator-function.ts';
import type { Alarms } from './alarms.ts';

const metricName = 'LaunchesRefused';

/** What a rehearsal is refused is its configuration's doing, and nobody's to mend. Lines of AWS name no provider. */
const refusal = FilterPattern.all(
  FilterPattern.stringValue('$.message', '=', LAUNCH_REFUSED),
  FilterPattern.any(FilterPattern.notExists('$.provider'), FilterPattern.stringValue('$.provider', '!=', SIMULATED_PROVIDER)),
);

/**
 * Rings when EC2 has refused a launch for a reason that waiting does not cure: a role that may not launch, an image or
 * a launch template that is not there. The job fails at once; others like it will fail too.
 */
export function ringForRefusedLaunches(deployment: string, alarms: Alarms, functions: readonly OrchestratorFunction[]): void {
  const metricNamespace = `AdvancedOrchestrator/${deployment}`;
  for (const launcher of functions) {
    new MetricFilter(launcher, 'LaunchesRefused', {
      logGroup: launcher.logGroup,
      filterPattern: refusal,
      metricNamespace,
      metricName,
      metricValue: '1',
    });
  }
  alarms.when('LaunchesRefused', new Metric({ namespace: metricNamespace, metricName, statistic: 'Sum', period: Duration.minutes(5) }), {
    description: 'EC2 refuses launches for a reason that waiting does not cure: jobs fail with LaunchRejected.',
    section: 'launches-refused',
    threshold: 1,
  });
}
