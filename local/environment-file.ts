import { searchPath } from './paths.ts';

/** Outputs of the deployed stacks: `{ stack: { output: value } }`, as `cdk deploy --outputs-file` writes them. */
export type StackOutputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The region that the local cloud plays. */
export const region = 'us-east-1';

/** Where clients find the local cloud: EC2, SSM and what goes with them at the fleet simulator, the rest at MiniStack. */
export function endpointEnvironment(endpoint: string, fleetUrl: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_EC2: fleetUrl,
    AWS_ENDPOINT_URL_SSM: fleetUrl,
    AWS_ENDPOINT_URL_PRICING: fleetUrl,
    AWS_ENDPOINT_URL_SERVICE_QUOTAS: fleetUrl,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
  };
}

/**
 * The outputs by name, with the addresses of REST APIs as the local cloud serves them.
 *
 * @throws when two stacks have an output of the same name.
 */
export function localOutputs(stacks: StackOutputs, endpoint: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  for (const [name, value] of Object.values(stacks).flatMap((stack) => Object.entries(stack))) {
    if (name in outputs) throw new Error(`Two stacks have an output named ${name}.`);
    outputs[name] = value.replace(
      /^https:\/\/([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com\//,
      (_, api: string) => `${endpoint}/_aws/execute-api/${api}/`);
  }
  return outputs;
}

/** `ApiUrl` as `ORCH_API_URL`. */
export function outputVariable(name: string): string {
  return `ORCH_${name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()}`;
}

/** A file to be sourced by a POSIX shell: after it, any SDK, the AWS CLI, curl and `orch` talk to the local cloud. */
export function environmentFile(
  cloud: { endpoint: string; fleetUrl: string; outputs: Readonly<Record<string, string>>; credentials: Credentials },
): string {
  const variables: Record<string, string> = {
    ...endpointEnvironment(cloud.endpoint, cloud.fleetUrl),
    AWS_ACCESS_KEY_ID: cloud.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: cloud.credentials.secretAccessKey,
    ...Object.fromEntries(Object.entries(cloud.outputs).map(([name, value]) => [outputVariable(name), value])),
  };
  return [
    '# The local cloud: source this file. Written by "npm run local -- up".',
    'unset AWS_PROFILE AWS_SESSION_TOKEN',
    ...Object.entries(variables).map(([name, value]) => `export ${name}=${shellQuote(value)}`),
    `export PATH=${shellQuote(searchPath(''))}"$PATH"`,
    '',
  ].join('\n');
}

function shellQuote(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}
