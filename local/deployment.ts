import { readFileSync } from 'node:fs';
import { runCommand } from './command.ts';
import { region, type StackOutputs } from './environment-file.ts';
import { packageBinary, repositoryRoot } from './paths.ts';
import { cdkEnvironment } from './synthesis.ts';

const account = '000000000000';

/** The account's root: what deploys, and what the simulator acts with. MiniStack knows it by this name. */
export const administrator = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Makes the bucket and roles that every CDK deployment needs, as in any new account. */
export async function bootstrapAccount(endpoint: string): Promise<void> {
  await cdk(endpoint, ['bootstrap', `aws://${account}/${region}`]);
}

/**
 * Deploys all stacks of a cloud assembly, unmodified.
 *
 * @param outputsFile where the stacks' outputs are written.
 * @returns the outputs by stack.
 */
export async function deployAssembly(endpoint: string, assembly: string, outputsFile: string): Promise<StackOutputs> {
  await cdk(endpoint, [
    'deploy', '--all', '--app', assembly, '--require-approval', 'never',
    '--outputs-file', outputsFile, '--progress', 'events',
  ]);
  const outputs: StackOutputs = JSON.parse(readFileSync(outputsFile, 'utf8'));
  return outputs;
}

async function cdk(endpoint: string, args: readonly string[]): Promise<void> {
  await runCommand(packageBinary('cdk'), args, {
    directory: repositoryRoot,
    environment: cdkEnvironment({
      ...process.env,
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: administrator.accessKeyId,
      AWS_SECRET_ACCESS_KEY: administrator.secretAccessKey,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_PROFILE: undefined,
      AWS_SESSION_TOKEN: undefined,
    }),
  });
}
