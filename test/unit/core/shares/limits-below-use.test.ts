import { describe, expect, it } from '@jest/globals';
import { epochMs, microUsd } from '../../../../core/job/ids.ts';
import type { ShareUse } from '../../../../core/scheduling/snapshot.ts';
import { limitsBelowUse } from '../../../../core/shares/limits-below-use.ts';
import { formatPath } from '../../../../core/manifest/problems.ts';
import { parseSharesValue } from '../../../../core/shares/parse.ts';

const use = (namespace: string, user: string, nodes: number, fields: Partial<ShareUse> = {}): ShareUse => ({
  namespace, user, runningJobs: 1, nodes, vcpus: 2 * nodes, gpus: 0, microUsdPerHour: microUsd(nodes * 500_000),
  quotas: { 'Standard/spot': 2 * nodes }, usage: 0, landmarkMs: epochMs(0), halfLifeMs: 1, ...fields,
});

function problemsOf(document: object, uses: readonly ShareUse[]): readonly string[] {
  const parsed = parseSharesValue(document);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return limitsBelowUse(parsed.value, uses).map(({ path, message }) => `${formatPath(path)}: ${message}`);
}

const running = [use('physics', 'ann', 4), use('physics', 'bob', 3), use('vision', 'eve', 5)];

describe('limitsBelowUse', () => {
  it('has nothing against limits that are just reached', () => {
    expect(problemsOf({ limits: { nodes: 12, runningJobs: 3, usdPerHour: 6 }, quotas: { 'Standard/spot': 24 } }, running)).toEqual([]);
    expect(problemsOf({ limits: { nodes: 0 } }, [])).toEqual([]);
  });

  it('adds up what is held at every level, and names the node and the place in the document', () => {
    const document = {
      limits: { nodes: 11 },
      shares: [
        { name: 'vision', kind: 'namespace' },
        { name: 'org', limits: { usdPerHour: 3.4, runningJobs: 2 } },
        { name: 'physics', kind: 'namespace', parent: 'org', limits: { nodes: 6 }, users: { ann: { limits: { nodes: 3 } }, '*': { limits: { nodes: 2 } } } },
      ],
    };
    expect(problemsOf(document, running).toSorted()).toEqual([
      'limits.nodes: the deployment holds 12 nodes now, more than the limit of 11 nodes',
      'shares[1].limits.usdPerHour: group org holds 3.50 USD/h now, more than the limit of 3.40 USD/h',
      'shares[2].limits.nodes: namespace physics holds 7 nodes now, more than the limit of 6 nodes',
      'shares[2].users.ann.limits.nodes: user ann of namespace physics holds 4 nodes now, more than the limit of 3 nodes',
      'shares[2].users["*"].limits.nodes: user bob of namespace physics holds 3 nodes now, more than the limit of 2 nodes',
    ]);
  });

  it('holds those who are not named to the defaults', () => {
    const defaults = { namespace: { limits: { nodes: 6 } }, user: { limits: { vcpus: 9 } } };
    expect(problemsOf({ defaults }, running)).toEqual([
      'defaults.namespace.limits.nodes: namespace physics holds 7 nodes now, more than the limit of 6 nodes',
      'defaults.user.limits.vcpus: user eve of namespace vision holds 10 vCPUs now, more than the limit of 9 vCPUs',
    ]);
  });

  it('adds up account quotas over all shares', () => {
    expect(problemsOf({ quotas: { 'Standard/spot': 23, 'P/spot': 0 } }, running)).toEqual(['quotas["Standard/spot"]: jobs hold 24 vCPUs of it now, more than 23 vCPUs']);
  });

  it('knows users whose names are those of an object’s own parts', () => {
    expect(problemsOf({ shares: [{ name: 'physics', kind: 'namespace', users: { '*': { limits: { nodes: 1 } } } }] }, [use('physics', 'constructor', 2)])).toEqual([
      'shares[0].users["*"].limits.nodes: user constructor of namespace physics holds 2 nodes now, more than the limit of 1 node',
    ]);
  });
});
