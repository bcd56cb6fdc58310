import { describe, expect, it } from '@jest/globals';
import { runtimeImages } from '../../../../../core/runtimes/slurm/images.ts';

describe('the images of a runtime', () => {
  it('are those of the release that was chosen at submission, as EC2 finds them then', () => {
    expect(runtimeImages({ name: 'prod' }, { runtime: 'Slurm', runtimeVersion: '23.02.7' })).toEqual({
      x86_64: 'resolve:ssm:/prod/images/slurm/23.02.7/x86_64', arm64: 'resolve:ssm:/prod/images/slurm/23.02.7/arm64',
    });
  });

  it('are none for other runtimes, and for jobs that bring their own', () => {
    expect(runtimeImages({ name: 'prod' }, { runtime: 'None' })).toBeUndefined();
    expect(runtimeImages({ name: 'prod' }, { runtime: 'Slurm' })).toBeUndefined();
  });
});
