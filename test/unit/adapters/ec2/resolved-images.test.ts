import { describe, expect, it } from '@jest/globals';
import { errorScope } from '../../../../core/capacity/error-scope.ts';
import type { LaunchOutcome } from '../../../../core/capacity/gang.ts';
import { namingImages } from '../../../../lambdas/adapters/ec2/resolved-images.ts';

const image = 'resolve:ssm:/test/images/slurm/23.02.7/x86_64';
const input = { TargetCapacitySpecification: { TotalTargetCapacity: 1 }, LaunchTemplateConfigs: [{ Overrides: [{ ImageId: image }, { ImageId: image }] }] };
const outcome = (code?: string): LaunchOutcome => ({ launched: [], unavailable: [], ...(code === undefined ? {} : { rejected: { code, message: 'Access denied to SSM' } }) });

describe('a launch whose image cannot be looked up', () => {
  it.each(['SsmInvalidParameter', 'SsmAccessDenied'])('%s fails the job, with the name of the image', (code) => {
    expect(errorScope(code)).toBe('reject');
    expect(namingImages(outcome(code), input).rejected).toEqual({ code, message: `Access denied to SSM (of the image ${image})` });
  });

  it('is not named twice', () => {
    const rejected = { code: 'SsmInvalidParameter', message: 'The following aliases are invalid: /test/images/slurm/23.02.7/x86_64' };
    expect(namingImages({ ...outcome(), rejected }, input)).toEqual({ ...outcome(), rejected });
  });

  it('is told from other refusals, and from launches that name no image', () => {
    expect(namingImages(outcome('UnauthorizedOperation'), input)).toEqual(outcome('UnauthorizedOperation'));
    expect(namingImages(outcome(), input)).toEqual(outcome());
    expect(namingImages(outcome('SsmAccessDenied'), { ...input, LaunchTemplateConfigs: [{}] })).toEqual(outcome('SsmAccessDenied'));
  });
});
