import { describe, expect, it } from '@jest/globals';
import { formatPath } from '../../../../core/manifest/problems.ts';
import { sharesDoubts } from '../../../../core/shares/doubts.ts';
import { parseSharesValue } from '../../../../core/shares/parse.ts';

function doubtsOf(document: object, served: readonly string[] = ['research', 'vision']): readonly string[] {
  const parsed = parseSharesValue(document);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return sharesDoubts(parsed.value, served).map(({ path, message, suggestion }) => `${formatPath(path)}: ${message}${suggestion === undefined ? '' : ` (${suggestion})`}`);
}

describe('sharesDoubts', () => {
  it('has none about namespaces that are served and guarantees under a limit', () => {
    expect(doubtsOf({ limits: { nodes: 10 }, shares: [{ name: 'org', limits: { gpus: 4 } }, { name: 'research', kind: 'namespace', parent: 'org', guarantee: { nodes: 1, gpus: 1 } }] })).toEqual([]);
  });

  it('knows namespaces that are not served, and what was probably meant', () => {
    expect(doubtsOf({ shares: [{ name: 'reserch', kind: 'namespace' }, { name: 'other' }] })).toEqual(['shares[0].name: this deployment serves no namespace reserch (research)']);
  });

  it('has none about any namespace where all are served', () => {
    expect(doubtsOf({ shares: [{ name: 'reserch', kind: 'namespace' }] }, ['research', '*'])).toEqual([]);
  });

  it('knows guarantees that nothing is kept for, since there is no limit above them', () => {
    expect(doubtsOf({ limits: { nodes: 10 }, shares: [{ name: 'org', limits: { gpus: 4 }, guarantee: { gpus: 1, nodes: 1 } }] })).toEqual([
      'shares[0].guarantee.gpus: group org is guaranteed gpus that nothing above it limits, so nothing is kept: set limits.gpus of the deployment or of a group above it',
    ]);
  });
});
