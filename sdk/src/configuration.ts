import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';
import { OrchestratorConfigurationError, OrchestratorCredentialsError } from './errors.ts';
import type { Wait } from './wait.ts';

export type Credentials = AwsCredentialIdentity | AwsCredentialIdentityProvider;
type Environment = Readonly<Record<string, string | undefined>>;

export interface ClientConfiguration {
  /** Address of the API with its stage: the stack's output `ApiUrl`. By default `ORCH_API_URL` of the environment. */
  readonly endpoint?: string;
  /** By default the one that the endpoint names, else `AWS_REGION` or `AWS_DEFAULT_REGION`. */
  readonly region?: string;
  /** By default AWS's standard chain: environment, profile, single sign-on, container, instance. */
  readonly credentials?: Credentials;
  /** Where the defaults are read from; by default the process's environment. */
  readonly environment?: Environment;
  /** Sends requests; by default the platform's own. */
  readonly fetch?: (request: Request) => Promise<Response>;
  /** How often a request is sent in all, when the service is busy or does not answer; 4 by default. */
  readonly maxAttempts?: number;
  /** How long one attempt may take, in milliseconds; 30,000 by default: API Gateway answers within 29 s. */
  readonly timeoutMs?: number;
  /** Waits between attempts; by default on the platform's timer. */
  readonly wait?: Wait;
}

/**
 * The address of the API, without a slash at its end.
 *
 * @throws OrchestratorConfigurationError when there is none, or it is no HTTP address.
 */
export function resolveEndpoint(configuration: ClientConfiguration, environment: Environment): string {
  const endpoint = configuration.endpoint ?? environment['ORCH_API_URL'];
  if (endpoint === undefined || endpoint === '') {
    throw new OrchestratorConfigurationError('The address of the API is not known: set ORCH_API_URL to the output ApiUrl of the deployed stack.');
  }
  const url = URL.parse(endpoint);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new OrchestratorConfigurationError(`${JSON.stringify(endpoint)} is not the address of an API: it must begin with https://.`);
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

/**
 * The region that requests are signed for.
 *
 * @throws OrchestratorConfigurationError when nothing names it.
 */
export function resolveRegion(configuration: ClientConfiguration, endpoint: string, environment: Environment): string {
  const named = /\.execute-api\.([a-z0-9-]+)\.(?:amazonaws|api\.aws)/.exec(endpoint)?.[1];
  const region = configuration.region ?? named ?? environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'];
  if (region === undefined || region === '') {
    throw new OrchestratorConfigurationError(`The region of ${endpoint} is not known: set AWS_REGION.`);
  }
  return region;
}

/** Asks for credentials again whenever they are about to expire. */
export function credentialsProvider(given: Credentials | undefined): AwsCredentialIdentityProvider {
  if (typeof given === 'object') return async () => given;
  const provider = given ?? standardChain();
  return async (properties) => {
    try {
      return await provider(properties);
    } catch (error) {
      throw new OrchestratorCredentialsError(error);
    }
  };
}

/** Loaded when it is needed: it is large, and a browser has no such chain. */
function standardChain(): AwsCredentialIdentityProvider {
  let chain: Promise<AwsCredentialIdentityProvider> | undefined;
  return async (properties) => {
    chain ??= import('@aws-sdk/credential-providers').then(({ fromNodeProviderChain }) => fromNodeProviderChain());
    return (await chain)(properties);
  };
}
