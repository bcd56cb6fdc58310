import type { Given } from '../batch/batch-options.ts';
import type { Directive } from '../batch/sbatch-directives.ts';
import { nodesAsked } from './nodes-asked.ts';
import { inScript, type StepFinding } from './step-finding.ts';

const COUNTS = ['ntasks', 'ntasks-per-node', 'ntasks-per-core', 'ntasks-per-socket', 'ntasks-per-gpu', 'cpus-per-task', 'mincpus'] as const;
const COUNT = /^\+?0*[1-9]\d*$/;
const AMOUNTS_OF_MEMORY = ['mem', 'mem-per-cpu', 'mem-per-gpu'] as const;
const MEMORY = /^\d+[a-z]*$/i;

/** Values that Slurm does not take, whatever the cluster. */
export function valueProblems(given: Given): readonly StepFinding[] {
  return [
    ...withValue(given, COUNTS).filter(([, value]) => !COUNT.test(value)).map(([directive]) => wrong(directive, 'must be a whole number from 1 on')),
    ...withValue(given, AMOUNTS_OF_MEMORY).filter(([, value]) => !MEMORY.test(value)).map(([directive]) => wrong(directive, 'must be a whole number with a unit, such as 16G')),
    ...withValue(given, AMOUNTS_OF_MEMORY).slice(1).map(([directive]) => inScript(directive, 'conflict', `of ${AMOUNTS_OF_MEMORY.map((option) => `--${option}`).join(', ')} a job may have one`)),
    ...withValue(given, ['nodes']).flatMap(([directive, value]) => nodesProblems(directive, value)),
    ...withValue(given, ['gres']).flatMap(([directive, value]) => gresProblems(directive, value)),
    ...withValue(given, ['nodelist', 'exclude']).filter(([, value]) => !bracketsClose(value)).map(([directive]) => wrong(directive, 'a bracket has no other that belongs to it')),
  ];
}

const wrong = (directive: Directive, message: string, suggestion?: string): StepFinding => inScript(directive, 'invalid-value', message, suggestion);

const withValue = (given: Given, options: readonly string[]): readonly (readonly [Directive, string])[] =>
  options.flatMap((option) => {
    const directive = given.get(option);
    return directive?.value === undefined ? [] : [[directive, directive.value] as const];
  });

/** One number or two; later releases know lists and steps as well, which are not looked at. */
function nodesProblems(directive: Directive, value: string): readonly StepFinding[] {
  if (!/^\d[\dkm,:-]*$/i.test(value)) return [wrong(directive, 'must be a number of nodes, or the least and the most of them')];
  const asked = nodesAsked(value);
  if (asked === undefined) return [];
  const { least, most } = asked;
  if (most === 0) return [wrong(directive, 'a job needs a node')];
  return most < least ? [wrong(directive, 'the least is more than the most', `${most}-${least}`)] : [];
}

/** Which of `gres:gpu` and `gres/gpu` is read depends on the release. */
function gresProblems(directive: Directive, value: string): readonly StepFinding[] {
  if (/(?:^|,)gres[:/]/.test(value)) return [wrong(directive, 'not every release of Slurm takes the word gres there: leave it out', value.replaceAll(/(?<=^|,)gres[:/]/g, ''))];
  return /:(?:,|$)/.test(value) ? [wrong(directive, 'has no number behind a colon')] : [];
}

function bracketsClose(list: string): boolean {
  const brackets = list.replaceAll(/[^[\]]/g, '');
  return brackets.replaceAll('[]', '') === '';
}
