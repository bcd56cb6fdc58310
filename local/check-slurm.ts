import { messageOf } from './command.ts';
import { stepResult, type StepResult } from './check-plan.ts';
import { installRefusal, installSlurm } from './slurm/install.ts';
import { makeSecondRoot, secondRootRefusal } from './slurm/second-root.ts';

/** What the tests of Slurm need, as it was prepared for them. */
export interface SlurmForTests {
  readonly result: StepResult;
  /** Waits for the second release; the time is what it held up. */
  secondRelease(): Promise<StepResult>;
  /** Why tests of Slurm did not run, a sentence each; empty where all could. */
  readonly missing: readonly string[];
}

/**
 * Installs Slurm where that may be done, and begins to make a root with another release of it at low priority, so that
 * other steps hide the time. Where CI could have had them and has not, that is a failure; elsewhere it is said.
 */
export async function prepareSlurm(): Promise<SlurmForTests> {
  const began = performance.now();
  const missing = await installSlurm();
  const failed = missing.length > 0 && installRefusal() === undefined;
  const making = missing.length > 0 ? Promise.resolve(undefined) : makeSecondRoot().then(() => undefined, messageOf);
  return {
    result: prepared('slurm', failed, began),
    secondRelease: async () => {
      const from = performance.now();
      const refused = await making;
      if (refused !== undefined) missing.push(refused);
      return prepared('second slurm', refused !== undefined && secondRootRefusal() === undefined, from);
    },
    missing,
  };
}

function prepared(name: string, failed: boolean, beganMs: number): StepResult {
  const seconds = (performance.now() - beganMs) / 1000;
  return stepResult(name, !(failed && process.env['CI'] !== undefined), seconds, undefined);
}
