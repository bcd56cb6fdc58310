/**
 * Who a request came from, as API Gateway has it after it has checked the signature. The caller's words in it: the user agent,
 * and the name of a role's session, unless who may assume the role is held to a name of one's own (`sts:RoleSessionName`).
 */
export interface Origin {
  /** ARN of the IAM user or of the role's session. */
  readonly principal: string;
  /** Of the user or the role in IAM, `AIDA…` or `AROA…`: who is made anew under an old name is another. */
  readonly principalId?: string;
  readonly sourceIp: string;
  /** What the client calls itself, cut to `LONGEST_USER_AGENT`. */
  readonly userAgent?: string;
  /** Of the request: its answer has it, and so have the lines of the functions' logs. */
  readonly requestId: string;
}

/** A history's entry is billed by the kilobyte, and a user agent may have eight. */
export const LONGEST_USER_AGENT = 160;

/** What everybody who may read a history sees of an origin: the address and the client are in the audit's log. */
export function withoutPlace(data: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { origin, ...others } = data as { readonly origin?: Origin };
  if (origin === undefined) return others;
  const { sourceIp: _sourceIp, userAgent: _userAgent, ...who } = origin;
  return { ...others, origin: who };
}

/** What an entry of a history says of whoever asked for it: `by` for people, the origin where it is known. */
export function askedBy(by: string, origin: Origin | undefined): { readonly by: string; readonly origin?: Origin } {
  return { by, ...(origin === undefined ? {} : { origin }) };
}
