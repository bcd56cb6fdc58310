import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LaunchRecord, ProviderInstance } from '../../../../core/capacity/gang.ts';
import { epochMs, instanceId, jobId } from '../../../../core/job/ids.ts';
import type { Node } from '../../../../core/job/job.ts';
import { isThere, lossAnswer, missingNodes, needsNode, planReplacement, withReplacements } from '../../../../core/lifecycle/node-loss.ts';
import { jobStates } from '../../../../core/lifecycle/states.ts';
import { aNode } from '../../../builders/nodes.ts';

const now = epochMs(2_000_000);
const nodes = [0, 1, 2, 3].map((rank) => aNode(rank));
const instanceOf = ({ instanceId: id, instanceType, zone, market, launchedAtMs }: Node, state: ProviderInstance['state']): ProviderInstance =>
  ({ instanceId: id, state, instanceType, zone, market, launchedAtMs });

function aLaunch(ordinal: number, replaces: readonly Node[], fields: Partial<LaunchRecord> = {}): LaunchRecord {
  return {
    jobId: jobId('01hjob0000000000000000000a'), attempt: 1, ordinal, pool: 'workers', count: replaces.length, minimum: 1, market: 'spot', instanceTypes: ['m6i.large'],
    zones: ['us-east-1a'], clientToken: `t${ordinal}`, requestedAtMs: now, replaces: replaces.map(({ instanceId: id }) => id), result: { launched: [], unavailable: [] }, ...fields,
  };
}

describe('a node that is lost', () => {
  it('concerns a job until its run is over, and the head until post-run is', () => {
    const concerned = jobStates.filter((state) => needsNode({ state }, aNode(1)));
    expect(concerned).toEqual(['CONFIGURING', 'RUNNING']);
    expect(jobStates.filter((state) => needsNode({ state }, aNode(0)))).toEqual([...concerned, 'POST_RUN']);
    expect(jobStates.some((state) => needsNode({ state }, aNode(0, { goneAtMs: now })))).toBe(false);
  });

  it('is one whose instance ends, or is not to be seen though it should', () => {
    const young = aNode(4, { launchedAtMs: epochMs(now - 59_000) });
    const [head, pending, dying, unseen] = nodes as [Node, Node, Node, Node];
    const instances = [instanceOf(head, 'running'), instanceOf(pending, 'pending'), instanceOf(dying, 'shutting-down')];
    expect(missingNodes([...nodes, young], instances, now)).toEqual([dying, unseen]);
    expect(missingNodes([...nodes, young], [...instances, instanceOf(young, 'terminated')], now)).toEqual([dying, unseen, young]);
    expect(missingNodes([{ ...unseen, goneAtMs: now }], [], now)).toEqual([]);
  });

  it('is replaced where every one of them may be and the run is not over', () => {
    const kind = (state: 'CONFIGURING' | 'RUNNING' | 'POST_RUN', ...verdicts: ('fail' | 'replace' | 'requeue')[]) => lossAnswer({ state }, nodes.slice(0, verdicts.length), verdicts).kind;
    expect([kind('CONFIGURING', 'replace'), kind('RUNNING', 'replace', 'replace')]).toEqual(['replace', 'replace']);
    expect([kind('POST_RUN', 'replace'), kind('RUNNING', 'replace', 'requeue'), kind('RUNNING', 'fail')]).toEqual(['interrupted', 'interrupted', 'interrupted']);
  });
});

describe('a replacement', () => {
  const [, first, second, third] = nodes as [Node, Node, Node, Node];

  it('that was begun is finished for the very nodes that it was begun for, though more are missing now', () => {
    expect(planReplacement(nodes, [first, second], [aLaunch(5, [first])], 1)).toEqual({ kind: 'replace', nodes: [first] });
    expect(planReplacement(nodes, [first, second], [aLaunch(5, [first], { ends: 'try' })], 1)).toEqual({ kind: 'replace', nodes: [first] });
  });

  it('that was given up does not hold up another', () => {
    expect(planReplacement(nodes, [first, second], [aLaunch(5, [first], { ends: 'turn' })], 2)).toEqual({ kind: 'replace', nodes: [first, second] });
  });

  it('is made so often and no more; launches of the gang itself do not count', () => {
    const done = [aLaunch(2, [third]), aLaunch(3, [third]), aLaunch(4, [second])];
    const { replaces: _none, ...own } = aLaunch(1, []);
    const after = nodes.map((node) => (node === first || node.rank === 0 ? node : { ...node, instanceId: instanceId(`i-new${node.rank}`) }));
    expect(planReplacement(after, [first], [own, ...done], 3)).toEqual({ kind: 'replace', nodes: [first] });
    expect(planReplacement(after, [first], [own, ...done], 2)).toEqual({ kind: 'exhausted', spent: 2 });
  });

  it('never makes two nodes of a rank, forgets none that cost, and ends within the limit, whatever is lost when', () => {
    const loss = fc.subarray([1, 2, 3], { minLength: 1 });
    fc.assert(
      fc.property(fc.array(fc.record({ loss, isAnswered: fc.boolean() }), { maxLength: 30 }), fc.nat({ max: 6 }), (losses, most) => {
        let all: readonly Node[] = nodes;
        let launches: readonly LaunchRecord[] = [];
        let made = nodes.length;
        let replacements = 0;
        for (const { loss: ranks, isAnswered } of losses) {
          const missing = all.filter((node) => isThere(node) && ranks.includes(node.rank));
          const plan = planReplacement(all, missing, launches, most);
          if (plan.kind === 'exhausted') continue;
          const isNew = !launches.some(({ replaces = [] }) => plan.nodes.every(({ instanceId: id }) => replaces.includes(id)));
          if (isNew) replacements += 1;
          launches = [...launches, aLaunch(launches.length + 1, plan.nodes)];
          if (!isAnswered) continue;
          const fresh = plan.nodes.map((node) => ({ ...node, instanceId: instanceId(`i-${(made += 1)}`) }));
          all = withReplacements(all, plan.nodes, fresh, now);
        }
        expect(all.filter(isThere).map(({ rank }) => rank).toSorted()).toEqual([0, 1, 2, 3]);
        expect(new Set(all.map(({ instanceId: id }) => id)).size).toBe(made);
        expect(all).toHaveLength(made);
        expect(replacements).toBeLessThanOrEqual(most);
      }),
    );
  });
});
