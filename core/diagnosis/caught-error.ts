import type { Reason } from '../job/job.ts';

/** An error that the state machine caught, in place of an answer. */
export interface CaughtError {
  readonly name: string;
  readonly message: string;
}

/** Codes that tasks answer with and the lifecycle writes; any other code of a reason is the name of an error. */
export const answeredCodes: readonly string[] = [
  'Unexplained', 'Cancelled', 'AttemptWentOn', 'TtlExceeded', 'CapacityTimeout', 'NoCapacity', 'ReleaseUnverified', 'LaunchRejected', 'NodeNeverCameUp', 'NodeLost',
  'StepFailed', 'StepTimedOut', 'InstancesRemain', 'ExecutionDied', 'JobGone',
];

/** What Lambda makes of an error that a function throws; the text may be cut off. */
const ERROR_TYPE = /"errorType"\s*:\s*"(?<name>[A-Za-z_.]+)"/;
const ERROR_MESSAGE = /"errorMessage"\s*:\s*"(?<message>(?:[^"\\]|\\.)*)/;

/** The error behind a reason, if it is one that was caught. */
export function caughtError(reason: Reason | undefined): CaughtError | undefined {
  return reason === undefined || answeredCodes.includes(reason.code) ? undefined : errorIn(reason.code, reason.message);
}

function errorIn(code: string, text: string): CaughtError {
  const name = ERROR_TYPE.exec(text)?.groups?.['name'] ?? code;
  const message = ERROR_MESSAGE.exec(text)?.groups?.['message'];
  return { name, message: message === undefined ? text : unescaped(message) };
}

/** Text of a JSON string; as it stands where it was cut off within an escape. */
function unescaped(text: string): string {
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return text;
  }
}
