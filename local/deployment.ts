import { readFileSync } from 'node:fs';
import { account, cdk } from './cdk.ts';
import { region, type StackOutputs } from './environment-file.ts';

/** Makes the bucket and roles that every CDK deployment needs, as in any new account; `directory` is one without an app. */
export async function bootstrapAccount(endpoint: string, directory: string): Promise<void> {
  await cdk(endpoint, ['bootstrap', `aws://${account}/${region}`], directory);
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
