import {
  OrchestratorApiError, OrchestratorConfigurationError, OrchestratorConnectionError, OrchestratorCredentialsError,
} from '@advanced-orchestrator/sdk';
import { RefusedDocumentError } from './document.ts';
import { exitCodes } from './exit-codes.ts';
import { problemLines } from './output/problems.ts';
import { UsageError } from './usage-error.ts';

/** How the program ends when something went wrong. */
export interface Failure {
  readonly exitCode: number;
  /** What to tell a person. */
  readonly lines: readonly string[];
  /** What to tell a program. */
  readonly document: object;
}

const noCredentials = [
  'Requests are signed with AWS credentials, from where AWS’s own tools take them: set AWS_PROFILE, or the variables',
  'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in with "aws sso login".',
];

/** Ways out of what API Gateway says by itself. */
const hints: Readonly<Record<string, readonly string[]>> = {
  ExpiredTokenException: ['The credentials have expired: sign in again ("aws sso login"), or ask for new ones.'],
  InvalidSignatureException: [
    'The signature does not fit: the secret key, the region (AWS_REGION) or the clock of this machine may be wrong.',
  ],
  UnrecognizedClientException: ['AWS does not know these credentials: AWS_PROFILE or AWS_ACCESS_KEY_ID may be of another account.'],
  MissingAuthenticationTokenException: ['There is no such route here: ORCH_API_URL may lack the stage, or be of an older release.'],
  AccessDeniedException: ['An administrator can allow it: the policy names namespaces by path, execute-api:Invoke on …/v1/namespaces/NAMESPACE/*.'],
};

/** What to tell about an error, and the exit code. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof RefusedDocumentError) return { exitCode: exitCodes.invalidInput, lines: problemLines(error.file, error.problem), document: error.problem };
  if (error instanceof OrchestratorApiError) return describeRefusal(error);
  if (error instanceof UsageError) return simple(exitCodes.invalidInput, error);
  if (error instanceof OrchestratorConfigurationError) {
    return simple(exitCodes.invalidInput, error, ['For the local cloud: source .local/env']);
  }
  if (error instanceof OrchestratorConnectionError) {
    return simple(exitCodes.serviceFailed, error, ['Is ORCH_API_URL right, and the network up? A local cloud must be running: npm run local -- status']);
  }
  if (error instanceof OrchestratorCredentialsError) return simple(exitCodes.serviceFailed, error, noCredentials);
  return simple(exitCodes.serviceFailed, error instanceof Error ? error : new Error(String(error)));
}

function describeRefusal({ status, problem, gatewayCode }: OrchestratorApiError): Failure {
  // API Gateway answers 400 for credentials that nobody knows.
  const isInput = gatewayCode === undefined && [400, 413, 422].includes(status);
  return {
    exitCode: isInput ? exitCodes.invalidInput : exitCodes.serviceFailed,
    lines: [
      status >= 500 ? `orch: ${problem.title}. ${problem.detail}` : `orch: ${problem.detail}`,
      ...(hints[gatewayCode ?? ''] ?? []),
      ...(problem.requestId === '' ? [] : [`request ${problem.requestId}, status ${status}`]),
    ],
    document: problem,
  };
}

function simple(exitCode: number, { name, message }: Error, ways: readonly string[] = []): Failure {
  return { exitCode, lines: [`orch: ${message}`, ...ways], document: { title: name, detail: message } };
}
