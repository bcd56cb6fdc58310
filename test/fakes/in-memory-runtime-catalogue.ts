import type { RuntimeCatalogue, RuntimeRelease } from '../../core/ports/runtime-catalogue.ts';

/** Has the releases that a test says. */
export class InMemoryRuntimeCatalogue implements RuntimeCatalogue {
  releases: readonly RuntimeRelease[];

  constructor(releases: readonly RuntimeRelease[] = []) {
    this.releases = releases;
  }

  async slurmReleases(): Promise<readonly RuntimeRelease[]> {
    return this.releases;
  }
}
