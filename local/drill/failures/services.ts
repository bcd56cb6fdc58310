import { drilled, here, running, step, untilStopped } from '../manifests.ts';
import type { Failures } from '../failure.ts';

/** Nothing listens on it. */
const nowhere = 'http://127.0.0.1:9';

/** What happens to the parts of the orchestrator and to the services that it calls. */
export const serviceFailures: Failures = {
  'dependency throttled': {
    how: 'SSM refuses each SendCommand as one too many, until a task gives up',
    // To all nodes of a job commands go by its tag, which faults find.
    manifest: drilled('ssm-throttled', { hooks: { onConfigure: [step('Prepare')], onRun: [step('Train')] } }),
    faultsOfJob: [{ kind: 'fail', action: 'SendCommand', code: 'ThrottlingException', message: 'Rate exceeded' }],
    asked: 'ended', cause: 'DependencyThrottled', evidence: { state: 'DONE', says: 'Throttl' }, span: { subject: 'state', name: 'CONFIGURING' },
  },
  'execution stopped': {
    how: 'somebody stops the job’s execution in Step Functions',
    manifest: drilled('stopped', { hooks: { onRun: [untilStopped] } }),
    drive: async (cloud, job) => {
      await cloud.writes(job, here);
      await cloud.stopExecution(job);
      await cloud.reconcile();
    },
    asked: 'ended', cause: 'ExecutionDied', evidence: { state: 'DONE', event: 'Reconciled' }, span: { subject: 'state', name: 'RUNNING' }, alarm: { id: 'ExecutionsStopped' },
  },
  'poisoned message': {
    how: 'an event of EC2 that no schema fits comes to on-instance-event, and the job goes on',
    manifest: running('poisoned', 'true'),
    prepare: (cloud) => cloud.poison('OnInstanceEvent', { 'detail-type': 'EC2 Instance State-change Notification', detail: { 'instance-id': 7 } }),
    asked: 'ended', cause: 'Succeeded', evidence: { state: 'DONE' }, span: undefined, alarm: { id: 'DeadLetters-lifecycle-on-instance-event' },
  },
  'telemetry down': {
    how: 'nothing listens where spans are sent, and the job goes on',
    manifest: running('untold', 'true'),
    prepare: (cloud) => cloud.changeEnvironment('PublishEvents', { OTEL_EXPORTER_OTLP_ENDPOINT: nowhere }),
    asked: 'ended', cause: 'Succeeded', evidence: { state: 'DONE' }, span: undefined, alarm: { id: 'SpansDropped' }, untold: true, stops: 'telemetry',
  },
  'scheduler stopped': {
    how: 'the scheduler’s function may not run (reserved concurrency 0)',
    manifest: running('unscheduled', 'true'),
    prepare: (cloud) => cloud.stopFunction('ScheduleJobs'),
    asked: 'waiting', cause: 'SchedulerSilent', evidence: { state: 'PENDING' }, span: undefined, alarm: { id: 'SchedulerSilent', afterMinutes: 30 }, stops: 'scheduler',
  },
};
