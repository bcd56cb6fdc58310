import { EC2Client, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import type { Credentials } from '../../../local/environment-file.ts';

/** A request as the EC2 client signs it, in the words of the authorize route; it is not sent. */
export async function signedRequest(credentials: Credentials): Promise<object> {
  let signed: object | undefined;
  const ec2 = new EC2Client({
    region: 'us-east-1', endpoint: 'http://127.0.0.1:1', credentials,
    requestHandler: {
      handle: (request: { method: string; path: string; headers: Record<string, string>; body: string }) => {
        const { method, path, headers, body } = request;
        signed = { method, path, query: '', headers, body: Buffer.from(body).toString('base64') };
        return Promise.reject(new Error('not sent'));
      },
    },
    maxAttempts: 1,
  });
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: ['i-1'] })).catch(() => undefined);
  if (signed === undefined) throw new Error('The client signed nothing.');
  return signed;
}
