import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RuntimeCatalogue, RuntimeRelease } from '../../../core/ports/runtime-catalogue.ts';

export interface CatalogueWorld {
  /** Somebody who has asked nothing yet, in a deployment that has these images and no others. */
  readonly newcomer: (releases: readonly RuntimeRelease[]) => Promise<RuntimeCatalogue>;
  readonly close: () => Promise<void>;
}

/** What every catalogue of images owes those who accept manifests. */
export function runtimeCatalogueContract(open: () => Promise<CatalogueWorld>): void {
  describe('RuntimeCatalogue', () => {
    let world: CatalogueWorld;
    beforeAll(async () => {
      world = await open();
    });
    afterAll(async () => world?.close());

    it('has nothing before images are made', async () => {
      expect(await (await world.newcomer([])).slurmReleases()).toEqual([]);
    });

    it('has each release once, with all of its architectures', async () => {
      const releases = await (await world.newcomer([{ version: '22.05.8', architectures: ['x86_64'] }, { version: '23.02.7', architectures: ['arm64', 'x86_64'] }])).slurmReleases();
      expect(byVersion(releases)).toEqual({ '22.05.8': ['x86_64'], '23.02.7': ['arm64', 'x86_64'] });
    });

    it('has all of many', async () => {
      const many = Array.from({ length: 23 }, (_, patch) => ({ version: `23.11.${patch}`, architectures: ['x86_64'] as const }));
      expect(Object.keys(byVersion(await (await world.newcomer(many)).slurmReleases()))).toHaveLength(23);
    });
  });
}

function byVersion(releases: readonly RuntimeRelease[]): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(releases.map(({ version, architectures }) => [version, architectures.toSorted()]));
}
