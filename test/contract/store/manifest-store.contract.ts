import { beforeEach, describe, expect, it } from '@jest/globals';
import { after, manifest } from './submissions.ts';
import { auditEntry } from './audit-entries.ts';
import type { NewWorld, StoreWorld } from './world.ts';

const described = (content: string, version: number) => {
  const { canonical: _canonical, ...rest } = manifest(content);
  return { ...rest, version };
};

export function manifestStoreContract(newWorld: NewWorld): void {
  let world: StoreWorld;
  beforeEach(async () => {
    world = await newWorld();
  });

  describe('ManifestStore', () => {
    it('counts the versions of a name, and keeps each as it came', async () => {
      expect(await world.manifests.put(manifest('a'))).toEqual({ version: { ...manifest('a'), version: 1 }, created: true });
      expect(await world.manifests.put(manifest('b'))).toEqual({ version: { ...manifest('b'), version: 2 }, created: true });
      expect(await world.manifests.get('research', 'cluster', 1)).toEqual({ ...manifest('a'), version: 1 });
      expect(await world.manifests.get('research', 'cluster')).toEqual({ ...manifest('b'), version: 2 });
      expect(await world.manifests.get('research', 'cluster', 3)).toBeUndefined();
      expect(await world.manifests.get('research', 'nothing')).toBeUndefined();
      expect(await world.manifests.get('other', 'cluster')).toBeUndefined();
    });

    it('answers the version that has the digest already', async () => {
      await world.manifests.put(manifest('a'));
      await world.manifests.put(manifest('b'));
      const again = await world.manifests.put(manifest('a', { createdBy: 'bob', createdAtMs: after(5) }));
      expect(again).toMatchObject({ created: false, version: { version: 1, digest: manifest('a').digest, canonical: manifest('a').canonical } });
      expect(await world.manifests.put(manifest('b'))).toMatchObject({ created: false, version: { version: 2 } });
    });

    it('records who stored a new version, and nothing where there is none', async () => {
      const { action: _action, target: _target, ...who } = auditEntry(1);
      await world.manifests.put(manifest('a'), who);
      await world.manifests.put(manifest('a'), { ...who, id: 'another' });
      expect(await world.audit.list(10)).toEqual({ items: [{ ...who, action: 'ManifestStored', target: 'manifest/research/cluster/1' }] });
    });

    it('gives concurrent puts versions of their own, and the same one for the same content', async () => {
      const puts = await Promise.all(['a', 'b', 'c', 'a'].map((content) => world.manifests.put(manifest(content))));
      expect(new Set(puts.map(({ version }) => version.version))).toEqual(new Set([1, 2, 3]));
      expect(puts[0]?.version.version).toBe(puts[3]?.version.version);
    });

    it('keeps a manifest of the size that is accepted', async () => {
      const canonical = JSON.stringify({ text: Array.from({ length: 40_000 }, (_, n) => (n * 7_919).toString(36)).join('') });
      await world.manifests.put(manifest('large', { canonical }));
      expect((await world.manifests.get('research', 'cluster'))?.canonical).toBe(canonical);
    });

    it('lists names with their latest version, page by page, and none of another namespace', async () => {
      for (const name of ['b', 'a', 'c']) {
        await world.manifests.put(manifest('x', { name }));
      }
      await world.manifests.put(manifest('y', { name: 'b' }));
      await world.manifests.put(manifest('x', { namespace: 'other', name: 'z' }));
      const first = await world.manifests.list('research', 2);
      expect(first.items).toEqual([{ ...described('x', 1), name: 'a' }, { ...described('y', 2), name: 'b' }]);
      const second = await world.manifests.list('research', 2, first.cursor);
      expect(second).toEqual({ items: [{ ...described('x', 1), name: 'c' }] });
    });

    it('lists the versions of a name, newest first, page by page', async () => {
      for (const content of ['a', 'b', 'c']) {
        await world.manifests.put(manifest(content));
      }
      const first = await world.manifests.versions('research', 'cluster', 2);
      expect(first.items).toEqual([described('c', 3), described('b', 2)]);
      const second = await world.manifests.versions('research', 'cluster', 2, first.cursor);
      expect(second).toEqual({ items: [described('a', 1)] });
    });

    it.each(['', '!', Buffer.from('Not A Name').toString('base64url')])('refuses the cursor %j', async (cursor) => {
      await expect(world.manifests.list('research', 1, cursor)).rejects.toMatchObject({ name: 'InvalidRequestError' });
      await expect(world.manifests.versions('research', 'cluster', 1, cursor)).rejects.toMatchObject({ name: 'InvalidRequestError' });
    });
  });
}
