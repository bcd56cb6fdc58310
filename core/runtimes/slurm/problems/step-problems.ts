import { formatPath, summarise, type ManifestProblem } from '../../../manifest/problems.ts';
import type { Manifest } from '../../../manifest/schema.ts';
import type { Step } from '../../../manifest/steps.ts';
import { amountProblems } from './amount-problems.ts';
import { givenBy } from '../batch/batch-options.ts';
import { nameProblems } from './name-problems.ts';
import { optionProblems } from './option-problems.ts';
import { sbatchDirectives } from '../batch/sbatch-directives.ts';
import type { StepFinding } from './step-finding.ts';
import { valueProblems } from './value-problems.ts';
import type { WorkerFacts } from './worker-facts.ts';

/** What keeps a step of the run from being a batch job, as far as anybody can know before the nodes are there. */
export function stepProblems(step: Step, index: number, manifest: Manifest, workers: readonly WorkerFacts[]): readonly ManifestProblem[] {
  const given = givenBy(step);
  const findings = [...valueProblems(given), ...optionProblems(given, manifest), ...nameProblems(given, manifest, workers), ...amountProblems(given, manifest, workers)];
  const found = findings.map((finding) => toProblem(finding, index));
  return step.kind === 'script' ? [...textProblems(step.script, index), ...found] : found;
}

const scriptPath = (index: number): string => formatPath(['spec', 'hooks', 'onRun', index, 'script']);

function toProblem({ place, code, message, suggestion }: StepFinding, index: number): ManifestProblem {
  const more = suggestion === undefined ? {} : { suggestion };
  if ('path' in place) return { code, path: formatPath(place.path), message, ...more };
  return { code, path: scriptPath(index), message: `line ${place.line}, ${place.written}: ${message}`, value: summarise(place.written), ...more };
}

/** What sbatch demands of the text itself. */
function textProblems(script: string, index: number): readonly ManifestProblem[] {
  const path = scriptPath(index);
  return [
    ...(script.startsWith('#!')
      ? []
      : [{ code: 'invalid-value' as const, path, message: 'line 1: a batch script of Slurm begins with its interpreter, such as #!/bin/bash', suggestion: '#!/bin/bash' }]),
    ...(script.includes('\r\n') ? [{ code: 'windows-line-ends' as const, path, message: 'has Windows line ends, which Slurm does not take' }] : []),
    ...sbatchDirectives(script).faults.map(({ line, message }) => ({ code: 'invalid-value' as const, path, message: `line ${line}: ${message}` })),
  ];
}
