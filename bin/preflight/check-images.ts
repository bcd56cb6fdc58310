import type { DeploymentConfiguration } from '../../lib/configuration/schema.ts';
import type { ImagesFacts } from './facts.ts';
import { fail, ok, type Finding } from './finding.ts';

/** The launch templates size this device. */
const rootDevice = '/dev/xvda';

/** Machine images: each exists, has the architecture it stands for, and the root device that launches expect. */
export function checkImages({ machineImages, region }: DeploymentConfiguration, facts: ImagesFacts): Finding[] {
  return Object.entries(machineImages).flatMap(([alias, images]) =>
    Object.entries(images).map(([architecture, word]) => checkImage(`${alias}, ${architecture}`, architecture, word, region, facts)));
}

function checkImage(name: string, architecture: string, word: string, region: string, facts: ImagesFacts): Finding {
  const image = facts.get(word);
  if (image === undefined) return fail('machine image', `${name}: ${word} names no image in ${region}`, 'Name another in machineImages.');
  if (image.architecture !== architecture) {
    return fail('machine image', `${name}: ${image.imageId} is for ${image.architecture}`, `Name one for ${architecture}.`);
  }
  if (image.rootDevice !== rootDevice) {
    return fail('machine image', `${name}: ${image.imageId} has its root at ${image.rootDevice}`, `Name one with its root at ${rootDevice}, as Amazon Linux has.`);
  }
  return ok('machine image', `${name}: ${image.imageId}`);
}
