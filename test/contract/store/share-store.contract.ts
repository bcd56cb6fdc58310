import { beforeEach, describe, expect, it } from '@jest/globals';
import type { NewShares } from '../../../core/ports/share-store.ts';
import { defaultShareTree } from '../../../core/shares/share-tree.ts';
import { auditEntry } from './audit-entries.ts';
import { after } from './submissions.ts';
import type { NewWorld, StoreWorld } from './world.ts';

function shares(nodes: number, fields: Partial<NewShares> = {}): NewShares {
  return { tree: { ...defaultShareTree, limits: { nodes } }, document: { limits: { nodes } }, appliedBy: 'ada', appliedAtMs: after(nodes), ...fields };
}

const applied = (n: number) => auditEntry(n, { action: 'SharesApplied', target: `shares/${n}` });

export function shareStoreContract(newWorld: NewWorld): void {
  let world: StoreWorld;
  beforeEach(async () => {
    world = await newWorld();
  });

  describe('ShareStore', () => {
    it('has none before one is applied', async () => {
      expect(await world.shares.current()).toBeUndefined();
      expect(await world.shares.current(true)).toBeUndefined();
      expect(await world.shares.version(1)).toBeUndefined();
      expect((await world.scheduler.overview()).shares).toBeUndefined();
    });

    it('counts versions and keeps each as it was applied', async () => {
      expect(await world.shares.apply(shares(10, { comment: 'first' }), 0, applied(1))).toEqual({ ...shares(10, { comment: 'first' }), version: 1 });
      await world.shares.apply(shares(20), 1, applied(2));
      expect(await world.shares.current(true)).toEqual({ ...shares(20), version: 2 });
      const { tree: _tree, ...written } = shares(10, { comment: 'first' });
      expect(await world.shares.version(1)).toEqual({ ...written, version: 1 });
      expect(await world.shares.version(3)).toBeUndefined();
    });

    it('shows the scheduler the tree in force', async () => {
      await world.shares.apply(shares(10), 0, applied(1));
      await world.shares.apply(shares(20), 1, applied(2));
      expect((await world.scheduler.overview()).shares).toEqual({ version: 2, tree: shares(20).tree, appliedBy: 'ada', appliedAtMs: after(20) });
    });

    it('refuses whoever has not seen the version in force, and records nothing of it', async () => {
      await world.shares.apply(shares(10), 0, applied(1));
      for (const seen of [0, 2]) {
        await expect(world.shares.apply(shares(30), seen, applied(2))).rejects.toMatchObject({ name: 'VersionConflictError' });
      }
      expect(await world.shares.current(true)).toEqual({ ...shares(10), version: 1 });
      expect((await world.audit.list(10)).items).toEqual([applied(1)]);
    });

    it('lets one of several win who apply at the same time', async () => {
      const results = await Promise.allSettled([1, 2, 3].map((n) => world.shares.apply(shares(n), 0, applied(n))));
      const won = results.filter((result) => result.status === 'fulfilled');
      expect(won).toHaveLength(1);
      expect(await world.shares.current(true)).toEqual(won[0]?.value);
      expect((await world.audit.list(10)).items).toHaveLength(1);
    });

    it('keeps a tree of the size that is accepted, with names of any text, however little they shrink', async () => {
      const random = randomText(1);
      const users = Object.fromEntries(Array.from({ length: 2_400 }, () => [random(100), { weight: 1, limits: {} }]));
      const document = { shares: [{ name: 'physics', kind: 'namespace', users }] };
      expect(JSON.stringify(document).length).toBeGreaterThan(256 * 1024);
      const tree = {
        ...defaultShareTree,
        namespaces: [{ name: 'physics', weight: 1, limits: {}, guarantee: {}, lend: true, pendingJobs: 1, maxPriority: 1000, users, defaultUser: { weight: 1, limits: {} } }],
      };
      await world.shares.apply(shares(1, { tree, document }), 0, applied(1));
      expect(await world.shares.current(true)).toMatchObject({ tree, document });
      expect((await world.scheduler.overview()).shares?.tree).toEqual(tree);
    });
  });
}

/** Printable text that repeats nothing. */
function randomText(seed: number): (length: number) => string {
  let state = seed;
  const next = (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state;
  };
  return (length) => Array.from({ length }, () => String.fromCodePoint(0x23 + (Math.floor(next() / 65_536) % 0x39))).join('');
}
