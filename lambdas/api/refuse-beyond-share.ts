import { BeyondShareError } from '../../core/errors/orchestrator-error.ts';
import type { ManifestProblem } from '../../core/manifest/problems.ts';

/** @throws BeyondShareError where there is a problem. */
export function refuseBeyondShare(problems: readonly (ManifestProblem | undefined)[]): void {
  const found = problems.filter((problem) => problem !== undefined);
  const [first] = found;
  if (first === undefined) return;
  throw new BeyondShareError(`The share does not allow this: ${first.path} ${first.message}.`, { problems: found });
}
