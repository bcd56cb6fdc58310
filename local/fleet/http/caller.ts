/** A request as it came in, which whoever verifies its signature needs unchanged. */
export interface IncomingRequest {
  readonly method: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The access key, Region and service that a request was signed for. */
export interface SigningScope {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
}

const CREDENTIAL = /Credential=([^/,\s]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/;

/** Reads the scope of a SigV4 signature out of the headers, or undefined where there is none. */
export function signingScope(headers: Readonly<Record<string, string>>): SigningScope | undefined {
  const [, accessKeyId, region, service] = CREDENTIAL.exec(headers['authorization'] ?? '') ?? [];
  return accessKeyId !== undefined && region !== undefined && service !== undefined
    ? { accessKeyId, region, service }
    : undefined;
}

/** One permission that a request needs. */
export interface AccessCheck {
  readonly action: string;
  readonly resource: string;
  /** IAM condition keys and their values. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

/** Whoever called, with what is needed to ask what they may do. */
export interface Caller {
  readonly account: string;
  readonly region: string;
  /** Those of `checks` that are refused. Throws where the signature is wrong. */
  refusals(checks: readonly AccessCheck[]): Promise<readonly Refusal[]>;
}

/** A permission that a caller lacks. */
export interface Refusal {
  readonly check: AccessCheck;
  /** AWS's sentence: who may not do what on what, and why. */
  readonly message: string;
}
