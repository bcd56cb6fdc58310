import { runCommand } from './command.ts';
import { region, type Credentials } from './environment-file.ts';
import { packageBinary, repositoryRoot, searchPath } from './paths.ts';

export const account = '000000000000';

/** The account's root: what deploys, and what the simulator acts with. MiniStack knows it by this name. */
export const administrator: Credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/**
 * Runs the CDK's command line against the local account, whatever account the caller's environment names.
 *
 * @param directory where it looks for an app; bootstrapping needs none.
 * @throws CommandFailedError with the end of its output.
 */
export async function cdk(endpoint: string, args: readonly string[], directory: string = repositoryRoot): Promise<void> {
  await runCommand(packageBinary('cdk'), args, {
    directory,
    environment: {
      ...process.env,
      PATH: searchPath(),
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: administrator.accessKeyId,
      AWS_SECRET_ACCESS_KEY: administrator.secretAccessKey,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_PROFILE: undefined,
      AWS_SESSION_TOKEN: undefined,
      // The template's own checks take seconds of each synthesis; the infrastructure tests run them.
      CDK_VALIDATION: 'false',
      CDK_DISABLE_VERSION_CHECK: '1',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
    },
  });
}
