import { CloudWatchLogsClient, DeleteResourcePolicyCommand, DescribeResourcePoliciesCommand, PutResourcePolicyCommand } from '@aws-sdk/client-cloudwatch-logs';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { CreateTagsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetQueueUrlCommand, PurgeQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { TakeBack } from '../../../local/account.ts';
import { eventually } from '../../../local/eventually.ts';
import type { SharedCloud } from '../cloud/shared-cloud.ts';
import { aCluster, script } from '../cloud/manifests.ts';
import { metricsOf, type AlarmWatch, type DeployedAlarm } from './alarm-watch.ts';

/**
 * What makes an alarm ring, or several that have the same case:
 *
 * * `cause`: what it is there for, done to the deployment, `alone` where nothing else gets on meanwhile.
 * * `lasting`: the same for one that rings only if it goes on. It answers since when it does.
 * * `silence`: that time passes in which a function is not invoked.
 * * `data`: values of exactly the metrics that it looks at, where the cause would take too long.
 *
 * What takes a cause back is added to `takeBacks` before anything else can go wrong, and is called in that order.
 */
export type Case =
  | { readonly by: 'cause'; readonly alone?: true; readonly bring: (cloud: SharedCloud, takeBacks: TakeBack[], alarm: DeployedAlarm) => Promise<void> }
  | { readonly by: 'lasting'; readonly bring: (cloud: SharedCloud, takeBacks: TakeBack[]) => Promise<Date> }
  | { readonly by: 'silence'; readonly of: string }
  | { readonly by: 'data'; readonly write: (watch: AlarmWatch, alarm: DeployedAlarm, at: Date) => Promise<void> };

/** The value at which it rings, in as many periods as it wants. */
const threshold: Case = {
  by: 'data',
  write: async (watch, { parts }, at) => {
    for (const part of parts) {
      for (const { metric, periodMs } of metricsOf(part)) {
        for (let ago = 0; ago < (part.EvaluationPeriods ?? 1); ago += 1) {
          await watch.write(metric, [part.Threshold ?? 0], new Date(at.getTime() - (ago + 0.5) * periodMs));
        }
      }
    }
  },
};

/** Durations all of which are longer than the promise, `PR(:seconds)`: of several, of the first. */
const late: Case = {
  by: 'data',
  write: async (watch, { parts: [part = {}] }, at) => {
    const promised = metricsOf(part).find(({ statistic }) => statistic.startsWith('PR('));
    const seconds = Number(/^PR\(:(.+)\)$/.exec(promised?.statistic ?? '')?.[1]);
    if (promised !== undefined) await watch.write(promised.metric, [2, 2, 3, 4].map((times) => times * seconds), new Date(at.getTime() - 1000));
  },
};

/** Waits of a day, which is more than any class is promised. */
const overdue: Case = {
  by: 'data',
  write: async (watch, { parts: [part = {}] }, at) => {
    for (const { metric } of metricsOf(part)) await watch.write(metric, [86_400], new Date(at.getTime() - 1000));
  },
};

/** A message in the queue of what could not be handled. */
const deadLetter = (): Case => ({
  by: 'cause',
  bring: async ({ account }, takeBacks, { parts: [part] }) => {
    const sqs = new SQSClient(account.client);
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: part?.Dimensions?.[0]?.Value }));
    takeBacks.push(async () => { await sqs.send(new PurgeQueueCommand({ QueueUrl })); });
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{"poisoned":true}' }));
  },
});

/** Submissions while the function may not write to the table. */
const failingSubmissions: Case = {
  by: 'cause', alone: true,
  bring: async (cloud) => {
    await whileDenied(cloud, 'SubmitJob', { Action: 'dynamodb:*', Resource: '*' }, async () => {
      const manifest = JSON.stringify({ manifest: aCluster('alpha', 'unwritten') });
      const answers = await Promise.all(Array.from({ length: 6 }, () =>
        cloud.jobs.request('POST', '/v1/namespaces/alpha/jobs', manifest, { 'content-type': 'application/json' })));
      const wrong = answers.find(({ status }) => status < 500);
      if (wrong !== undefined) throw new Error(`A submission that cannot be written was answered with ${wrong.status}: ${await wrong.text()}`);
    });
  },
};

/** A job of a type that the role which launches may not have. */
const refusedLaunch: Case = {
  by: 'cause',
  bring: async (cloud) => {
    const instanceType = 'c6i.xlarge';
    const launch = { Action: 'ec2:RunInstances', Resource: 'arn:aws:ec2:*:*:instance/*', Condition: { StringEquals: { 'ec2:InstanceType': instanceType } } };
    await whileDenied(cloud, 'AcquireCapacity', launch, async () => {
      await cloud.jobs.ends(await cloud.jobs.submit(aCluster('beta', 'refused', { nodePools: [{ name: 'head', count: 1, instanceType }] })));
    });
  },
};

/** An entry of the audit while the log group lets EventBridge in no more. */
const unwrittenAudit: Case = {
  by: 'cause',
  bring: async ({ account }, takeBacks, { parts: [{ Dimensions = [] } = {}] }) => {
    const [logs, bus] = [new CloudWatchLogsClient(account.client), Dimensions.find(({ Name }) => Name === 'EventBusName')?.Value];
    const { resourcePolicies = [] } = await logs.send(new DescribeResourcePoliciesCommand({}));
    const policy = resourcePolicies.find(({ policyName = '' }) => policyName.endsWith('-audit'));
    takeBacks.push(async () => { await logs.send(new PutResourcePolicyCommand({ policyName: policy?.policyName, policyDocument: policy?.policyDocument })); });
    await logs.send(new DeleteResourcePolicyCommand({ policyName: policy?.policyName }));
    await new EventBridgeClient(account.client).send(new PutEventsCommand({ Entries: [{ EventBusName: bus, Source: 'orchestrator', DetailType: 'Audited', Detail: '{}' }] }));
  },
};

/** Machines that run for a job which is none: somebody has changed their tags. The job has lost its nodes then, and ends by itself. */
const strayMachines: Case = {
  by: 'cause',
  bring: async ({ account, jobs, fleet }) => {
    const job = await jobs.submit(aCluster('beta', 'strayed', { nodePools: [{ name: 'head', count: 5, instanceType: 'm6i.large' }], hooks: { onRun: [script('Work', 'sleep 500')] } }));
    await jobs.reaches(job, 'RUNNING');
    const ids = (await fleet.liveOf(job.jobId)).map(({ id }) => id);
    await new EC2Client({ ...account.client, endpoint: fleet.url }).send(new CreateTagsCommand({ Resources: ids, Tags: [{ Key: 'orchestrator:job', Value: 'nobody' }] }));
    await eventually('machines of nobody are ended', async () => {
      await account.run('EventsReconcile');
      return (await fleet.liveOf('nobody')).length === 0;
    });
  },
};

/** A job whose execution somebody has stopped, long beyond its time to live, and which the reconciler may not lead on. */
const stuckJob: Case = {
  by: 'lasting',
  bring: async ({ account, jobs }, takeBacks) => {
    const job = await jobs.submit(aCluster('alpha', 'stuck', { hooks: { onRun: [script('Work', 'sleep 500')] } }));
    const { ttlSeconds } = await jobs.reaches(job, 'RUNNING');
    takeBacks.push(await account.deny('EventsReconcile', { Action: 'states:StartExecution', Resource: '*' }));
    await account.stopExecution(job.jobId);
    await account.setBack(job.jobId, 2 * ttlSeconds);
    takeBacks.push(async () => {
      await account.run('EventsReconcile');
      await jobs.ends(job);
    });
    // One that began before, for another case, has seen no stuck job, and says so when it ends.
    await account.run('EventsReconcile');
    const since = new Date();
    await account.run('EventsReconcile');
    return since;
  },
};

/** The case of each alarm, by its name without deployment and severity. */
export const cases: Readonly<Record<string, Case>> = {
  ApiServerErrors: failingSubmissions,
  AuditNotWritten: unwrittenAudit,
  BudgetFast: threshold,
  BudgetSlow: threshold,
  CapacityWait: overdue,
  'DeadLetters-capacity-refresh-market': deadLetter(),
  'DeadLetters-lifecycle-on-command-finished': deadLetter(),
  'DeadLetters-lifecycle-on-instance-event': deadLetter(),
  'DeadLetters-lifecycle-reconcile': deadLetter(),
  'DeadLetters-queue-publish-events': deadLetter(),
  'DeadLetters-queue-schedule-jobs': deadLetter(),
  ExecutionsFailed: threshold,
  ExecutionsStopped: threshold,
  ExecutionsTimedOut: threshold,
  JobsStuck: stuckJob,
  JobsUnexplained: threshold,
  LaunchesRefused: refusedLaunch,
  MachinesLeft: threshold,
  OldestWait: threshold,
  OrphansTerminated: strayMachines,
  PublisherBehind: threshold,
  ReconcilerSilent: { by: 'silence', of: 'EventsReconcile' },
  SchedulerBehind: threshold,
  SchedulerSilent: { by: 'silence', of: 'ScheduleJobs' },
  SpansDropped: threshold,
  SubmissionAvailabilityFast: failingSubmissions,
  SubmissionAvailabilitySlow: failingSubmissions,
  SubmissionLatencyFast: late,
  SubmissionLatencySlow: late,
  TimeToCapacitySlow: late,
};

async function whileDenied({ account }: SharedCloud, functionPart: string, denied: object, act: () => Promise<void>): Promise<void> {
  const takeBack = await account.deny(functionPart, denied);
  try {
    await act();
  } finally {
    await takeBack();
  }
}
