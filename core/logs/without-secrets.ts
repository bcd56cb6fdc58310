/** What is written in the place of a secret. */
const HIDDEN = '…';

/** Keys whose values let others act: task tokens, and what presigned URLs and roles' sessions are made of. */
const secretKeys = /^(?:task)?token$|^sessiontoken$|^secretaccesskey$|^authorization$|^x-amz-security-token$/i;
/** The same names within text: JSON, also JSON in a string of JSON, variables of an environment, headers. */
const namedInText = /((?:secret_?access_?key|(?:task|session|security)[_-]?token)\\*["']?\s*[:=]\s*\\*["']?)[^\s"'\\,;&}]+/gi;
const authorization = /(\bauthorization\\*["']?\s*[:=]\s*\\*["']?)[^"'\\\r\n]+/gi;
/** Parts of a presigned URL without which it opens nothing; the URL itself may be a part of another one. */
const urlParts = /(X-Amz-(?:Signature|Security-Token|Credential)(?:=|%(?:25)*3D))(?:(?!%(?:25)*26)[^&\s"'<>])+/gi;
const accessKeyIds = /\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b/g;
/** Task tokens and session tokens are long Base64. So is what EC2 says of a refusal, which is for the operator to decode. */
const longBase64 = /(?<![A-Za-z0-9+/=_-])(?<!failure message: )[A-Za-z0-9+/_-]{200,}={0,2}/g;

/**
 * A value as it may leave, for a log, a trace or whoever called: messages of services quote what they were sent. For
 * `JSON.stringify` as its replacer.
 *
 * @param key the name under which the value leaves
 */
export function withoutSecrets(key: string, value: unknown): unknown {
  if (typeof value !== 'string' || value === '') return value;
  if (secretKeys.test(key)) return HIDDEN;
  return [urlParts, namedInText, authorization].reduce((text, named) => text.replaceAll(named, `$1${HIDDEN}`), value)
    .replaceAll(accessKeyIds, HIDDEN).replaceAll(longBase64, HIDDEN);
}
