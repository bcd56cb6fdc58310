import { EC2Client } from '@aws-sdk/client-ec2';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';

/** The local cloud's own administrator, who exists in no other cloud. */
const ADMINISTRATOR = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Clients of the rest of the cloud, as its administrator. */
export interface AwsClients {
  readonly ec2: EC2Client;
  readonly events: EventBridgeClient;
  readonly iam: IAMClient;
  readonly lambda: LambdaClient;
  readonly ssm: SSMClient;
  readonly sts: STSClient;
}

/** Clients of the local cloud at `endpoint`. */
export function awsClients(endpoint: string, region: string): AwsClients {
  const options = { endpoint, region, credentials: ADMINISTRATOR };
  return {
    ec2: new EC2Client(options),
    events: new EventBridgeClient(options),
    iam: new IAMClient(options),
    lambda: new LambdaClient(options),
    ssm: new SSMClient(options),
    sts: new STSClient(options),
  };
}
