import { describe } from '@jest/globals';
import { installRefusal, missingHere } from '../../local/slurm/install.ts';
import { secondRoot, secondRootRefusal } from '../../local/slurm/second-root.ts';

const inCi = process.env['CI'] !== undefined;

/** Whether this machine can have a cluster of simulated hosts with Slurm. */
export const slurmIsHere = missingHere().length === 0;
/** Whether it can have one of either release. */
export const bothSlurmsAreHere = slurmIsHere && secondRoot() !== undefined;

/**
 * `describe` where this machine can have a cluster of simulated hosts with Slurm; elsewhere the tests are skipped, and it is
 * said which and why.
 *
 * @throws in CI, where Slurm could have been installed.
 */
export function whereSlurmIs(what: string): typeof describe | typeof describe.skip {
  return unless(what, missingHere(), installRefusal());
}

/** The same for tests of both releases of Slurm at once. */
export function whereBothSlurmsAre(what: string): typeof describe | typeof describe.skip {
  if (!slurmIsHere || bothSlurmsAreHere) return whereSlurmIs(what);
  return unless(what, ['The root with the second release of Slurm has not been made (`npm test` makes it).'], secondRootRefusal());
}

function unless(what: string, missing: readonly string[], refusal: string | undefined): typeof describe | typeof describe.skip {
  if (missing.length === 0) return describe;
  const told = `not tested: ${what}. ${[...missing, ...(refusal === undefined ? [] : [refusal])].join(' ')}`;
  if (inCi && refusal === undefined) throw new Error(told);
  console.warn(`WARNING: ${told}`);
  return describe.skip;
}
