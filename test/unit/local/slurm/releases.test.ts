import { describe, expect, it } from '@jest/globals';
import { releasesIn } from '../../../../local/slurm/releases.ts';
import { slurmReleases } from '../../../../local/services.ts';

const versions = new Map([['/', '22.05.8'], ['/srv/trixie', '24.11.5'], ['/srv/bookworm', '22.05.8']]);
const releases = (...roots: string[]) => releasesIn(roots, (root) => versions.get(root));

describe('releases of Slurm on a local cloud', () => {
  it('are those of the roots that have one, each with an image of its own', () => {
    const found = releases('/', '/srv/empty', '/srv/trixie');
    expect(found.map(({ version, root }) => [version, root])).toEqual([['22.05.8', '/'], ['24.11.5', '/srv/trixie']]);
    expect(new Set(found.map(({ imageId }) => imageId)).size).toBe(2);
    for (const { imageId } of found) expect(imageId).toMatch(/^ami-[0-9a-f]{17}$/);
  });

  it('keep their images, and come from the first root that has them', () => {
    expect(releases('/', '/srv/bookworm')).toEqual(releases('/'));
  });

  it('are none where instances are processes of one machine', () => {
    expect(slurmReleases({})).toEqual([]);
    expect(slurmReleases({ hosts: 'processes' })).toEqual([]);
  });
});
