import { Duration } from 'aws-cdk-lib';
import type { MetricName } from '../../core/metrics/catalogue.ts';
import type { DeploymentConfiguration } from '../configuration/schema.ts';
import type { Alarms, AlarmTerms } from './alarms.ts';
import { productMetric } from './product-metric.ts';
import { span } from './slo.ts';

/** An alarm on a metric of the product. */
interface ProductAlarm extends AlarmTerms {
  readonly id: string;
  readonly metric: MetricName;
  readonly statistic: 'Sum' | 'Maximum' | 'Minimum';
  readonly minutes: number;
}

/** A few an hour are what lost answers of EC2 leave, and the reconciler is there for them. */
const tolerableOrphans = 5;

/** Alarms on what the product says of itself. Those of jobs have no rehearsals in them; what waits, is held or is stuck does. */
export function watchProduct(alarms: Alarms, { name, telemetry }: DeploymentConfiguration): void {
  for (const { id, metric, statistic, minutes, ...terms } of productAlarms(telemetry.objectives.oldestWaitMinutes * 60)) {
    alarms.when(id, productMetric(name, { metric, dimensions: {} }, { statistic, period: Duration.minutes(minutes) }), terms);
  }
}

function productAlarms(oldestWaitSeconds: number): readonly ProductAlarm[] {
  return [
    {
      id: 'LaunchesRefused', severity: 'wake', metric: 'LaunchesRefused', statistic: 'Sum', minutes: 5, threshold: 1, section: 'launches-refused',
      description: 'EC2 refuses launches for a reason that waiting does not cure: jobs fail with LaunchRejected.',
    },
    {
      // In each of three periods at least one: the reconciler, which looks every minute, does not get the better of it.
      id: 'JobsStuck', severity: 'wake', metric: 'JobsStuck', statistic: 'Minimum', minutes: 5, evaluationPeriods: 3, threshold: 1, section: 'jobs-stuck',
      description: 'A job is beyond every deadline of its own, and the reconciler does not end it: its machines run on.',
    },
    {
      id: 'MachinesLeft', severity: 'wake', metric: 'MachinesLeft', statistic: 'Maximum', minutes: 5, threshold: 1, section: 'machines-left',
      description: 'Machines of a job that has ended could not be verified gone: they run on and cost.',
    },
    {
      id: 'JobsUnexplained', severity: 'look', metric: 'JobsUnexplained', statistic: 'Sum', minutes: 5, threshold: 1, section: 'jobs-unexplained',
      description: 'A job has failed and nobody can tell why: it is our fault until somebody finds the cause.',
    },
    {
      id: 'OrphansTerminated', severity: 'look', metric: 'OrphansTerminated', statistic: 'Sum', minutes: 60, threshold: tolerableOrphans, section: 'orphans',
      description: `${tolerableOrphans} machines or more without a job were found and terminated within an hour.`,
    },
    {
      // What the scheduler says is a lower bound, and one that has just begun knows less than the one before.
      id: 'OldestWait', severity: 'look', metric: 'LongestWaitSeconds', statistic: 'Maximum', minutes: 15, threshold: oldestWaitSeconds, section: 'oldest-wait',
      description: `A job has waited for its turn for ${span(oldestWaitSeconds)}.`,
    },
    {
      id: 'SpansDropped', severity: 'know', metric: 'SpansDropped', statistic: 'Sum', minutes: 60, threshold: 1, section: 'spans-dropped',
      description: 'Spans of traces were not taken by where they are sent, and are lost.',
    },
  ];
}
