import { describe, expect, it } from '@jest/globals';
import { parseManifest } from '../../../../core/manifest/parse.ts';
import { RETRYABLE_OUTCOMES } from '../../../../core/manifest/retry-policy.ts';
import { aManifestText } from '../../../builders/manifest.ts';

function parsed(spec: string) {
  const result = parseManifest(aManifestText({ spec }));
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result;
}

describe('how often a job runs', () => {
  it.each([
    ['nothing is said', '', { maxAttempts: 1, on: [...RETRYABLE_OUTCOMES] }],
    ['it replaces lost nodes', '  onNodeLoss: Replace', { maxAttempts: 1, on: [...RETRYABLE_OUTCOMES] }],
    ['it goes back to the queue when it loses a node', '  onNodeLoss: Requeue', { maxAttempts: 3, on: ['INTERRUPTED'] }],
    ['it does so, within its own number of attempts', '  onNodeLoss: Requeue\n  retry: { maxAttempts: 5 }', { maxAttempts: 5, on: [...RETRYABLE_OUTCOMES] }],
    ['it does so, and names other outcomes', '  onNodeLoss: Requeue\n  retry: { on: [FAILED] }', { maxAttempts: 3, on: ['INTERRUPTED', 'FAILED'] }],
    ['it leaves losses of nodes out', '  onNodeLoss: Replace\n  retry: { maxAttempts: 2, on: [FAILED] }', { maxAttempts: 2, on: ['FAILED'] }],
  ])('where %s', (_, spec, retry) => {
    expect(parsed(`${spec}\n`).manifest.spec.retry).toEqual(retry);
  });

  it('is doubted where a job is to go back to the queue and may not run again', () => {
    const { warnings } = parsed('  onNodeLoss: Requeue\n  retry: { maxAttempts: 1 }\n');
    expect(warnings.map(({ path }) => path)).toContain('spec.retry.maxAttempts');
    const told = (spec: string): string | undefined => parsed(spec).warnings.find(({ path }) => path === 'spec.retry.maxAttempts')?.message;
    expect(told('  onNodeLoss: Requeue\n  retry: { maxAttempts: 1 }\n')).toContain('the loss of a node ends');
    expect(told('  runtime: { type: Slurm }\n  onNodeLoss: Requeue\n  retry: { maxAttempts: 1 }\n')).toContain('the loss of the head node ends');
    expect(parsed('  onNodeLoss: Requeue\n').warnings.map(({ path }) => path)).not.toContain('spec.retry.maxAttempts');
  });
});
