import { describe, expect, it } from '@jest/globals';
import { mayStart } from '../../../../core/scheduling/room.ts';
import { aGroup, aNamespace, aPolicy, aUse, NOW } from '../../../builders/scheduling.ts';

const ada = { namespace: 'lattice', user: 'ada' };
const bob = { namespace: 'lattice', user: 'bob' };
const eve = { namespace: 'folding', user: 'eve' };
const who = (uses: Parameters<typeof mayStart>[1], policy: ReturnType<typeof aPolicy>, pauses: Parameters<typeof mayStart>[2] = []) =>
  [ada, bob, eve].filter(mayStart([ada, bob, eve], uses, pauses, policy)).map(({ user }) => user);

describe('leaves that might start something', () => {
  it('have room for a job of one node on their whole path', () => {
    const namespaces = [
      aNamespace('lattice', { parent: 'science', users: { ada: { weight: 1, limits: { runningJobs: 1 } } } }),
      aNamespace('folding', { limits: { nodes: 3 } }),
    ];
    const uses = [aUse({ ...ada, runningJobs: 1, nodes: 4 }), aUse({ ...eve, runningJobs: 1, nodes: 2 })];
    const groups = (nodes: number) => [aGroup('science', { limits: { nodes } })];
    expect(who(uses, aPolicy({ shares: { namespaces, groups: groups(5) } }))).toEqual(['bob', 'eve']);
    expect(who(uses, aPolicy({ shares: { namespaces, groups: groups(4) } }))).toEqual(['eve']);
    expect(who(uses, aPolicy({ shares: { namespaces, groups: groups(5) }, maxRunningJobs: 2 }))).toEqual([]);
  });

  it('are not paused', () => {
    const by = { by: 'admin', reason: 'maintenance', atMs: NOW };
    expect(who([], aPolicy(), [{ ...by, scope: { kind: 'namespace', namespace: 'lattice' } }])).toEqual(['eve']);
    expect(who([], aPolicy(), [{ ...by, scope: { kind: 'queue' } }])).toEqual([]);
  });
});
