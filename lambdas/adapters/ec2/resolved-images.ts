import type { CreateFleetCommandInput } from '@aws-sdk/client-ec2';
import type { LaunchOutcome } from '../../../core/capacity/gang.ts';

/** EC2's codes where it could not look up an image in Parameter Store: `SsmInvalidParameter`, `SsmAccessDenied`. */
const LOOKUP_FAILED = /^Ssm/;
const RESOLVED = /^resolve:ssm:/;

/** Adds to a launch that was refused for want of its image what image that was: EC2 does not always say. */
export function namingImages(outcome: LaunchOutcome, { LaunchTemplateConfigs = [] }: CreateFleetCommandInput): LaunchOutcome {
  const { rejected } = outcome;
  if (rejected === undefined || !LOOKUP_FAILED.test(rejected.code)) return outcome;
  const images = new Set(LaunchTemplateConfigs.flatMap(({ Overrides = [] }) => Overrides.flatMap(({ ImageId }) => ImageId ?? [])));
  const unnamed = [...images].filter((image) => !rejected.message.includes(image.replace(RESOLVED, '')));
  if (unnamed.length === 0) return outcome;
  return { ...outcome, rejected: { ...rejected, message: `${rejected.message} (of the image ${unnamed.join(', ')})` } };
}
