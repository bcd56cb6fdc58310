import {
  OrchestratorApiError, OrchestratorConfigurationError, OrchestratorConnectionError, OrchestratorCredentialsError,
} from '@advanced-orchestrator/sdk';
import type { CommanderError } from 'commander';
import { RefusedDocumentError } from './document.ts';
import { exitCodes } from './exit-codes.ts';
import { problemLines } from './output/problems.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** How the program ends when something went wrong. */
export interface Failure {
  readonly exitCode: number;
  /** What to tell a person. */
  readonly lines: readonly string[];
  /** What to tell a program. */
  readonly document: object;
}

/** What to look at where there are no credentials. */
function noCredentials(profile: string | undefined): readonly string[] {
  if (profile !== undefined && profile !== '') {
    return [
      `AWS_PROFILE is ${JSON.stringify(profile)}: "aws configure list-profiles" says whether there is such a profile, "aws sso login" signs it in,`,
      'and "aws sts get-caller-identity" tries it.',
    ];
  }
  return [
    'Requests are signed with AWS credentials, from where AWS’s own tools take them: set AWS_PROFILE, or the variables',
    'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in with "aws sso login".',
  ];
}

const unanswered = ['Is ORCH_API_URL right, and the network up?'];
const unansweredHere = [...unanswered, 'A local cloud must be running: npm run local -- status'];

/** Whether an address is a loopback address. */
function isOfThisMachine(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname);
}

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
export function describeFailure(error: unknown, environment: Terminal['environment']): Failure {
  if (error instanceof RefusedDocumentError) return { exitCode: exitCodes.invalidInput, lines: problemLines(error.file, error.problem), document: error.problem };
  if (error instanceof OrchestratorApiError) return describeRefusal(error);
  if (error instanceof UsageError) return simple(exitCodes.invalidInput, error);
  if (error instanceof OrchestratorConfigurationError) {
    return simple(exitCodes.invalidInput, error, ['For the local cloud: source .local/env']);
  }
  if (error instanceof OrchestratorConnectionError) {
    return simple(exitCodes.serviceFailed, error, isOfThisMachine(error.url) ? unansweredHere : unanswered);
  }
  if (error instanceof OrchestratorCredentialsError) return simple(exitCodes.serviceFailed, error, noCredentials(environment['AWS_PROFILE']));
  return simple(exitCodes.serviceFailed, error instanceof Error ? error : new Error(String(error)));
}

/**
 * What to tell about words that make no command.
 *
 * @param command the command whose help says more, as one calls it.
 */
export function mistakenCommand({ code, message }: CommanderError, command: string): Failure {
  const more = `(${command} --help says more)`;
  // Of a command that wants another after it commander has shown the help.
  const isShown = code === 'commander.help';
  const detail = isShown ? `${command}: no command, or none that there is` : message.replace(/^error: /, '');
  return { exitCode: exitCodes.invalidInput, lines: isShown ? [] : [`orch: ${detail}`, more], document: { title: 'UsageError', detail: `${detail} ${more}`.replaceAll('\n', ' ') } };
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
