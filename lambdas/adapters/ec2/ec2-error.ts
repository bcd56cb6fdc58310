import { EC2ServiceException } from '@aws-sdk/client-ec2';
import { knownScope } from '../../../core/capacity/error-scope.ts';
import { DependencyThrottledError } from '../../../core/errors/orchestrator-error.ts';

/** What an error of an EC2 call is: its code, and whether EC2 itself answered so (and not the way to it). */
export interface Ec2Refusal {
  readonly code: string;
  readonly message: string;
}

/** Calls EC2; what says that we ask too often, after the client's own patience, becomes `DependencyThrottledError`. */
export async function patiently<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Error && knownScope(error.name) === 'account') {
      throw new DependencyThrottledError(`EC2 asks for patience: ${error.name}`, { code: error.name }, { cause: error });
    }
    throw error;
  }
}

/** The refusal in an error, if EC2 read the request and said no; `undefined` where nobody knows what became of it. */
export function refusalIn(error: unknown): Ec2Refusal | undefined {
  if (!(error instanceof EC2ServiceException)) return undefined;
  const status = error.$metadata.httpStatusCode ?? 0;
  return status >= 400 && status < 500 ? { code: error.name, message: error.message } : undefined;
}

/** The id of the call that an error answers, where EC2 gave it one. */
export const requestIdOf = (error: unknown): string | undefined => (error instanceof EC2ServiceException ? error.$metadata.requestId : undefined);
