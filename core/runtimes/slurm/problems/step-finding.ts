import type { ManifestProblemCode, Path } from '../../../manifest/problems.ts';
import type { Directive } from '../batch/sbatch-directives.ts';

/** Where a step asks for something: in a line of its script, or in the manifest. */
export type Place = { readonly line: number; readonly written: string } | { readonly path: Path };

/** What is wrong with a step of the run as a batch job. */
export interface StepFinding {
  readonly place: Place;
  readonly code: ManifestProblemCode;
  readonly message: string;
  readonly suggestion?: string;
}

/** Something wrong with an option of the script. */
export const inScript = ({ line, written }: Directive, code: ManifestProblemCode, message: string, suggestion?: string): StepFinding => ({
  place: { line, written }, code, message, ...(suggestion === undefined ? {} : { suggestion }),
});
