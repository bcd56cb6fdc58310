/** Statuses of an invocation, in the details form that says more. */
export type InvocationStatus =
  | 'Pending'
  | 'InProgress'
  | 'Success'
  | 'Failed'
  | 'Cancelling'
  | 'Cancelled'
  | 'DeliveryTimedOut'
  | 'ExecutionTimedOut'
  | 'Terminated';

/** Statuses of a command, in the details form. */
export type CommandStatus =
  | 'Pending'
  | 'InProgress'
  | 'Success'
  | 'Failed'
  | 'Incomplete'
  | 'Cancelling'
  | 'Cancelled'
  | 'DeliveryTimedOut'
  | 'NoInstancesInTag';

/** A step of a document, ready to run. */
export interface Step {
  readonly name: string;
  readonly script: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory?: string | undefined;
  readonly timeoutSeconds: number;
  /** Whether its failure ends the invocation there. */
  readonly exitOnFailure: boolean;
}

/** A command that was sent; times are wall milliseconds. */
export interface Command {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly documentName: string;
  readonly documentVersion: string;
  readonly comment: string;
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  readonly instanceIds: readonly string[];
  readonly targets: readonly { readonly key: string; readonly values: readonly string[] }[];
  readonly steps: readonly Step[];
  readonly maxConcurrency: string;
  readonly maxErrors: string;
  readonly timeoutSeconds: number;
  readonly requestedAtMs: number;
  readonly expiresAtMs: number;
  /** In the order in which they are sent. */
  readonly targetIds: readonly string[];
  readonly cancelled: boolean;
  readonly status: CommandStatus;
}

/** How a step of an invocation ended. */
export interface StepResult {
  readonly name: string;
  readonly status: InvocationStatus;
  readonly responseCode: number;
  readonly standardOutput: string;
  readonly standardError: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

/** A command on one instance. */
export interface Invocation {
  readonly commandId: string;
  readonly instanceId: string;
  readonly status: InvocationStatus;
  /** Whether it was sent: what MaxConcurrency holds back has not been. */
  readonly sent: boolean;
  readonly sentAtMs: number;
  readonly visibleAtMs: number;
  readonly startedAtMs?: number | undefined;
  readonly endedAtMs?: number | undefined;
  readonly results: readonly StepResult[];
  /** `commandNeverAnswers`: its result is not heard of. */
  readonly silent: boolean;
}

/** Whether an invocation has come to its end. */
export function isFinal(status: InvocationStatus): boolean {
  return status !== 'Pending' && status !== 'InProgress' && status !== 'Cancelling';
}

/** The key under which an invocation is kept. */
export function invocationKey(invocation: Pick<Invocation, 'commandId' | 'instanceId'>): string {
  return `${invocation.commandId}/${invocation.instanceId}`;
}

/** SSM's short form of a status. */
export function shortStatus(status: InvocationStatus | CommandStatus): string {
  switch (status) {
    case 'DeliveryTimedOut':
    case 'ExecutionTimedOut':
      return 'TimedOut';
    case 'Terminated':
      return 'Cancelled';
    case 'Incomplete':
      return 'Failed';
    case 'NoInstancesInTag':
      return 'Success';
    default:
      return status;
  }
}

/** Wall seconds that all steps of a command may take together. */
export function executionSeconds(steps: readonly Step[]): number {
  return steps.reduce((sum, step) => sum + step.timeoutSeconds, 0);
}
