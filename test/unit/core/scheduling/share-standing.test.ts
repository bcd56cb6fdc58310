import { describe, expect, it } from '@jest/globals';
import { microUsd } from '../../../../core/job/ids.ts';
import { pathOf, shareStandings } from '../../../../core/scheduling/share-standing.ts';
import { NOW, aGroup, aNamespace, aPolicy, aUse, spent } from '../../../builders/scheduling.ts';

const policy = aPolicy({
  shares: {
    groups: [aGroup('physics', { weight: 3, limits: { nodes: 8 }, guarantee: { nodes: 2 } })],
    namespaces: [aNamespace('lattice', { parent: 'physics', weight: 2 }), aNamespace('quiet', { parent: 'physics' })],
  },
});
const lane = (namespace: string, user: string, pending: number) => ({ namespace, user, lane: '0', pending });
const facts = {
  uses: [
    aUse({ user: 'ada', runningJobs: 2, nodes: 3, microUsdPerHour: microUsd(0), usage: spent(30) }),
    aUse({ user: 'bob', usage: spent(10) }),
    aUse({ namespace: 'vision', user: 'eve', usage: spent(60) }),
  ],
  lanes: [lane('lattice', 'bob', 4), lane('lattice', 'bob', 1), lane('vision', 'eve', 7)],
};

describe('how shares stand', () => {
  const standings = shareStandings(facts, policy, NOW);
  const names = standings.map(({ depth, place }) => `${depth} ${place.kind === 'deployment' ? '' : place.name}`);
  const of = (name: string) => standings.find(({ place }) => place.kind !== 'deployment' && place.name === name);

  it('shows the tree, each node followed by its children', () => {
    expect(names).toEqual(['0 ', '1 physics', '2 lattice', '3 ada', '3 bob', '2 quiet', '1 vision', '2 eve']);
  });

  it('adds up what waits and what is held', () => {
    expect(standings[0]).toMatchObject({ pending: 12, held: { runningJobs: 2, nodes: 3 } });
    expect(of('lattice')).toMatchObject({ pending: 5, held: { runningJobs: 2, nodes: 3 } });
    expect(of('bob')).toMatchObject({ pending: 5, held: { runningJobs: 0 } });
    expect(of('physics')).toMatchObject({ limits: { nodes: 8 }, guarantee: { nodes: 2 } });
    expect(of('eve')).toMatchObject({ limits: {}, guarantee: {} });
  });

  it('tells each one’s part of the usage and of the weights among siblings with jobs', () => {
    const parts = (name: string) => [of(name)?.usedPart, of(name)?.entitledPart].map((part) => Number(part?.toFixed(4)));
    expect([parts('physics'), parts('vision')]).toEqual([[0.4, 0.75], [0.6, 0.25]]);
    expect([parts('ada'), parts('bob')]).toEqual([[0.75, 0.5], [0.25, 0.5]]);
    // Nobody of it has jobs: what it would be entitled to if somebody had.
    expect(parts('quiet')).toEqual([0, 0.3333]);
  });

  it('shows a leaf that is asked for though nothing is known of it', () => {
    const path = pathOf(shareStandings(facts, policy, NOW, [{ namespace: 'new', user: 'zoe/ë' }]), { namespace: 'new', user: 'zoe/ë' });
    expect(path.map(({ place }) => place)).toEqual([{ kind: 'deployment' }, { kind: 'namespace', name: 'new' }, { kind: 'user', namespace: 'new', name: 'zoe/ë' }]);
  });

  it('finds the path of a leaf through its groups', () => {
    expect(pathOf(standings, { namespace: 'lattice', user: 'bob' }).map(({ place }) => place.kind)).toEqual(['deployment', 'group', 'namespace', 'user']);
    expect(pathOf(standings, { namespace: 'lattice', user: 'nobody' })).toEqual([]);
  });
});
