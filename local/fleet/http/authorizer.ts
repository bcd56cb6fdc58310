import { ServiceError } from '../protocol/service-error.ts';
import { signingScope } from './caller.ts';
import type { AccessCheck, Caller, IncomingRequest, Refusal } from './caller.ts';

/** Who may do what: asked for every simulated call. */
export interface Authorizer {
  identify(request: IncomingRequest): Caller;
}

const LOCAL_ACCOUNT = '000000000000';
const DEFAULT_REGION = 'us-east-1';

/** Lets everyone do everything; for tests of the simulator itself. */
export const OPEN_AUTHORIZER: Authorizer = {
  identify: (request) => ({
    account: LOCAL_ACCOUNT,
    region: signingScope(request.headers)?.region ?? DEFAULT_REGION,
    refusals: () => Promise.resolve([]),
  }),
};

interface Verdict {
  readonly allowed: boolean;
  /** Empty where the signature proves nobody. */
  readonly principal: string;
  readonly code?: string;
  readonly message?: string;
  readonly checks: readonly { readonly allowed: boolean; readonly message?: string }[];
}

/** Asks the local cloud's authorise endpoint, which verifies the signature and evaluates IAM. */
export function cloudAuthorizer(upstream: string): Authorizer {
  return {
    identify: (request) => {
      const scope = signingScope(request.headers);
      return {
        account: LOCAL_ACCOUNT,
        region: scope?.region ?? DEFAULT_REGION,
        refusals: async (checks) => readVerdict(await ask(upstream, request, scope?.accessKeyId, checks), checks),
      };
    },
  };
}

async function ask(
  upstream: string,
  request: IncomingRequest,
  accessKeyId: string | undefined,
  checks: readonly AccessCheck[],
): Promise<Verdict> {
  if (accessKeyId === undefined) {
    throw new ServiceError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
  }
  const answer = await fetch(new URL('/_local/authorize', upstream), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      accessKeyId,
      headers: request.headers,
      method: request.method,
      path: request.path,
      query: request.query,
      body: request.body.toString('base64'),
      checks,
    }),
  });
  if (!answer.ok) {
    throw new Error(`The authorise endpoint answered ${answer.status}: ${await answer.text()}`);
  }
  const verdict: Verdict = JSON.parse(await answer.text());
  return verdict;
}

function readVerdict(verdict: Verdict, checks: readonly AccessCheck[]): readonly Refusal[] {
  if (verdict.allowed) {
    return [];
  }
  if (verdict.principal === '') {
    throw new ServiceError(verdict.code ?? 'AuthFailure', verdict.message ?? 'The credentials are not valid', 403);
  }
  return checks.flatMap((check, index) => {
    const result = verdict.checks[index];
    return result?.allowed === true ? [] : [{ check, message: result?.message ?? verdict.message ?? 'Not authorized' }];
  });
}
