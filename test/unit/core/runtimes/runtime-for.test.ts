import { describe, expect, it } from '@jest/globals';
import type { Job } from '../../../../core/job/job.ts';
import type { NodePool } from '../../../../core/manifest/schema.ts';
import { runtimeOf } from '../../../../core/runtimes/runtime-for.ts';
import { aSlurmManifest } from '../../../builders/slurm.ts';

const OWN: Pick<NodePool, 'image'> = { image: 'ami-0123456789abcdef0' };

describe('the runtime of a job', () => {
  const { spec } = aSlurmManifest();
  const withImages = (...images: readonly Pick<NodePool, 'image'>[]) => ({ spec: { ...spec, nodePools: spec.nodePools.map((pool, index) => ({ ...pool, ...images[index] })) } });
  const typeOf = (job: Partial<Job>, images: readonly Pick<NodePool, 'image'>[] = []): string => runtimeOf({ runtime: 'Slurm', ...job }, withImages(...images)).type;

  it('is that of its manifest, with a release or with images of its own', () => {
    expect(typeOf({ runtime: 'None' })).toBe('None');
    expect(typeOf({ runtimeVersion: '24.11.5' })).toBe('Slurm');
    expect(typeOf({ runtimeVersion: '24.11.5' }, [OWN])).toBe('Slurm');
    expect(typeOf({}, [OWN, OWN])).toBe('Slurm');
  });

  it('is none where Slurm has no release though machines need the deployment’s images: it was accepted before there was any', () => {
    expect(typeOf({})).toBe('None');
    expect(typeOf({}, [OWN])).toBe('None');
  });

  it('is Slurm in a rehearsal, which has no images', () => {
    expect(typeOf({ provider: 'simulated' })).toBe('Slurm');
  });
});
