import type { Instance } from '../model.ts';
import type { Command, StepResult } from './command.ts';

/** Runs the steps of a command on an instance. */
export interface Agent {
  /** The results so far and of what is left to run; undefined where the instance ended meanwhile. */
  execute(instance: Instance, command: Command): Promise<readonly StepResult[] | undefined>;
  /** Ends the step that runs. */
  stop(instance: Instance, command: Command): Promise<void>;
}
