import type { StepDispatch } from './node-commands.ts';

/** Where nodes fetch their steps from. */
export interface StepPayloads {
  /** Publishes a step; answers a URL that anybody who has it may read for a short time. */
  publish(dispatch: StepDispatch): Promise<string>;
}
