import { CreateAccessKeyCommand, CreateUserCommand, DeleteAccessKeyCommand, DeleteUserCommand, DeleteUserPolicyCommand, IAMClient, ListAccessKeysCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { region, type Credentials } from '../../../local/environment-file.ts';
import type { SharedCloud } from '../cloud/shared-cloud.ts';

const PolicyName = 'OneNamespace';

/** An IAM user who may do everything in one namespace and nothing outside it, by a plain policy on paths. */
export async function teamUser({ account, outputs }: SharedCloud, UserName: string, namespace: string): Promise<Credentials> {
  const iam = new IAMClient(account.client);
  await removeUser(iam, UserName); // of an earlier run, on a cloud that was kept
  await iam.send(new CreateUserCommand({ UserName }));
  const Resource = `arn:aws:execute-api:${region}:*:${outputs['ApiId']}/*/*/v1/namespaces/${namespace}/*`;
  const Statement = [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource }];
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }) }));
  const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  if (key?.AccessKeyId === undefined || key.SecretAccessKey === undefined) throw new Error('IAM answered no access key.');
  return { accessKeyId: key.AccessKeyId, secretAccessKey: key.SecretAccessKey };
}

async function removeUser(iam: IAMClient, UserName: string): Promise<void> {
  try {
    const { AccessKeyMetadata: keys = [] } = await iam.send(new ListAccessKeysCommand({ UserName }));
    for (const { AccessKeyId } of keys) await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
    await iam.send(new DeleteUserPolicyCommand({ UserName, PolicyName }));
    await iam.send(new DeleteUserCommand({ UserName }));
  } catch (error) {
    if (!(error instanceof Error && error.name.startsWith('NoSuchEntity'))) throw error;
  }
}
