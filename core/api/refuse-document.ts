import { InvalidManifestError, InvalidRequestError, InvalidSharesError, PayloadTooLargeError } from '../errors/orchestrator-error.ts';
import type { OrchestratorError } from '../errors/orchestrator-error.ts';
import type { ManifestProblem, ManifestProblemCode } from '../manifest/problems.ts';

/** Problems of a text that is no document at all; any other is one of its content. */
const UNREADABLE: readonly ManifestProblemCode[] = ['invalid-syntax', 'invalid-encoding', 'empty-document'];

/** The error that tells all problems of a manifest; `details.problems` lists them. */
export function refusalOf(problems: readonly ManifestProblem[]): OrchestratorError {
  return refusal('The manifest', problems) ?? new InvalidManifestError(summary('The manifest is not acceptable', problems), { problems });
}

/** The error that tells all problems of a share document; `details.problems` lists them. */
export function sharesRefusalOf(problems: readonly ManifestProblem[]): OrchestratorError {
  return refusal('The share document', problems) ?? new InvalidSharesError(summary('The shares are not acceptable', problems), { problems });
}

/** Of what is no document at all. */
function refusal(what: string, problems: readonly ManifestProblem[]): OrchestratorError | undefined {
  const [first] = problems;
  const details = { problems };
  if (first?.code === 'too-large') return new PayloadTooLargeError(`${what} ${first.message}.`, details);
  if (first !== undefined && UNREADABLE.includes(first.code)) return new InvalidRequestError(summary(`${what} cannot be read`, problems), details);
  return undefined;
}

function summary(what: string, problems: readonly ManifestProblem[]): string {
  const [first] = problems;
  if (first === undefined) return `${what}.`;
  const line = first.line === undefined ? '' : ` (line ${first.line})`;
  const more = problems.length === 1 ? '' : `, and ${problems.length - 1} more`;
  return `${what}: ${first.path}${line} ${first.message}${more}.`;
}
