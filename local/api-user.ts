import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { administrator } from './cdk.ts';
import { region, type Credentials } from './environment-file.ts';

/**
 * Makes an IAM user that may call the API and nothing else, as an administrator would for a colleague.
 *
 * @param name of the user, which is also the name that its jobs carry.
 * @returns the user's access key.
 */
export async function createApiUser(endpoint: string, name: string): Promise<Credentials> {
  const iam = new IAMClient({ endpoint, region, credentials: administrator });
  try {
    await iam.send(new CreateUserCommand({ UserName: name }));
    await iam.send(new PutUserPolicyCommand({
      UserName: name,
      PolicyName: 'CallOrchestrator',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: `arn:aws:execute-api:${region}:*:*` }],
      }),
    }));
    const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName: name }));
    if (key?.AccessKeyId === undefined || key.SecretAccessKey === undefined) throw new Error('IAM answered no access key.');
    return { accessKeyId: key.AccessKeyId, secretAccessKey: key.SecretAccessKey };
  } finally {
    iam.destroy();
  }
}
