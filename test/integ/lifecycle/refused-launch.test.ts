import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DeleteRolePolicyCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { LAUNCH_REFUSED } from '../../../core/capacity/refused-launch.ts';
import { leavesNothing } from '../cloud/leaves-nothing.ts';
import { aCluster, script } from '../cloud/manifests.ts';
import { sharedCloud, type SharedCloud } from '../cloud/shared-cloud.ts';

jest.setTimeout(240_000);

/** Of no other test, so that only this one is refused. */
const instanceType = 'c6i.xlarge';
const PolicyName = 'may-not-launch';

describe('a role that may not launch, on the deployed stack', () => {
  let cloud: SharedCloud;
  let iam: IAMClient;
  let RoleName: string;
  let logGroupName: string;

  beforeAll(async () => {
    cloud = await sharedCloud();
    iam = new IAMClient(cloud.account.client);
    const acquire = await new LambdaClient(cloud.account.client).send(new GetFunctionConfigurationCommand({ FunctionName: await cloud.account.functionName('AcquireCapacity') }));
    RoleName = acquire.Role?.split('/').at(-1) ?? '';
    logGroupName = acquire.LoggingConfig?.LogGroup ?? '';
    const Statement = [{ Effect: 'Deny', Action: 'ec2:RunInstances', Resource: 'arn:aws:ec2:*:*:instance/*', Condition: { StringEquals: { 'ec2:InstanceType': instanceType } } }];
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }) }));
  });

  afterAll(async () => {
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
  });

  it('fails the job at once with EC2’s own message, whatever it says of retries, and logs what the alarm counts', async () => {
    const ref = await cloud.jobs.submit(aCluster('biology', 'refused', {
      nodePools: [{ name: 'head', count: 1, instanceType }],
      retry: { maxAttempts: 3, on: ['FAILED', 'NO_CAPACITY'] },
      hooks: { onRun: [script('train', 'true')] },
    }));
    expect(await cloud.jobs.ends(ref)).toMatchObject({
      state: 'PROVISIONING_FAILED', attempt: 1,
      reason: { code: 'LaunchRejected', message: expect.stringMatching(/UnauthorizedOperation: You are not authorized to perform this operation/) },
    });
    expect((await cloud.account.eventsOf(ref.jobId)).map(({ type }) => type)).not.toContain('AttemptRetried');
    const { events = [] } = await new CloudWatchLogsClient(cloud.account.client).send(new FilterLogEventsCommand({ logGroupName }));
    const told = events.filter(({ message = '' }) => message.includes(`"message":"${LAUNCH_REFUSED}"`) && message.includes(ref.jobId));
    expect(told).toHaveLength(1);
    await leavesNothing(cloud, ref);
  });
});
