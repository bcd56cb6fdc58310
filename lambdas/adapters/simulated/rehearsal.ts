import type { NodeStep } from '../../../core/runtimes/node-step.ts';

/** How a step ends that nobody runs. */
interface RehearsedEnd {
  readonly exitCode: number;
  /** How long after its begin. */
  readonly seconds: number;
  readonly tail: string;
}

export type Rehearsal = (step: NodeStep) => RehearsedEnd;

/** Said wherever the end of a step is told. */
export const NOTHING_RAN = 'simulated: nothing ran';

/** Variables of a hook's `env` by which a manifest says how the hook ends in a rehearsal. */
const rehearsalVariables = { exitCode: 'SIMULATED_EXIT_CODE', seconds: 'SIMULATED_SECONDS' } as const;

const WHOLE_NUMBER = /^\d{1,9}$/;
const LARGEST_EXIT_CODE = 255;

/** Ends a step as its variables say: with 0 and at once where they say nothing, or nothing that can be read. */
export const asItsVariablesSay: Rehearsal = ({ env }) => ({
  exitCode: Math.min(LARGEST_EXIT_CODE, wholeNumber(env[rehearsalVariables.exitCode])),
  seconds: wholeNumber(env[rehearsalVariables.seconds]),
  tail: NOTHING_RAN,
});

function wholeNumber(text: string | undefined): number {
  return text !== undefined && WHOLE_NUMBER.test(text) ? Number(text) : 0;
}
