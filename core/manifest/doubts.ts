import type { LocatedProblem } from './problems.ts';
import type { Manifest } from './schema.ts';

/** What is allowed but probably not meant: warnings, told beside a valid manifest. */
export function doubts({ spec }: Manifest): readonly LocatedProblem[] {
  const found: LocatedProblem[] = [];
  if (spec.ttlSeconds === undefined && spec.hooks.onRun.length === 0) {
    found.push({
      code: 'no-time-limit',
      path: ['spec', 'ttlSeconds'],
      at: 'key',
      message: 'is not set: unless a script is given at submission, the cluster runs, and costs, until it is released',
    });
  }
  if (spec.onNodeLoss === 'Requeue' && spec.retry.maxAttempts === 1) {
    // Slurm keeps the attempt, but for the head.
    const node = spec.runtime.type === 'Slurm' ? 'the head node' : 'a node';
    found.push({
      code: 'conflict',
      path: ['spec', 'retry', 'maxAttempts'],
      at: 'value',
      message: `is 1, so there is no other attempt: with onNodeLoss Requeue the loss of ${node} ends the job all the same`,
    });
  }
  for (const [phase, steps] of Object.entries(spec.hooks)) {
    for (const [index, step] of steps.entries()) {
      if (step.kind === 'script' && step.script.includes('\r\n')) {
        found.push({
          code: 'windows-line-ends',
          path: ['spec', 'hooks', phase, index, 'script'],
          at: 'value',
          message: 'has Windows line ends, which Linux shells take for a part of each command',
        });
      }
    }
  }
  return found;
}
