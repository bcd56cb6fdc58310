import { createHash } from 'node:crypto';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { slurmImagePrefix } from '../../core/runtimes/slurm/images.ts';
import { administrator } from '../cdk.ts';
import { region } from '../environment-file.ts';
import { slurmVersion } from './programs.ts';

/** A release of Slurm that hosts of the local cloud have, by a machine image. */
export interface LocalRelease {
  readonly version: string;
  readonly imageId: string;
  /** What the image's hosts are laid over. */
  readonly root: string;
}

const architecture = process.arch === 'arm64' ? 'arm64' : 'x86_64';

/** The releases in these roots, of which the first that has a release serves it; a root without Slurm has none. */
export function releasesIn(roots: readonly string[], versionIn: (root: string) => string | undefined = slurmVersion): LocalRelease[] {
  const found = roots.flatMap((root) => {
    const version = versionIn(root);
    return version === undefined ? [] : [{ version, root, imageId: imageOf(root, version) }];
  });
  return found.filter(({ version }, index) => found.findIndex((earlier) => earlier.version === version) === index);
}

/** Writes the releases into a deployment's catalogue, as on AWS the pipelines do that build images. */
export async function publishReleases(endpoint: string, deployment: string, releases: readonly LocalRelease[]): Promise<void> {
  const ssm = new SSMClient({ endpoint, region, credentials: administrator });
  try {
    for (const { version, imageId } of releases) {
      const Name = `${slurmImagePrefix({ name: deployment })}/${version}/${architecture}`;
      await ssm.send(new PutParameterCommand({ Name, Value: imageId, Type: 'String', DataType: 'aws:ec2:image', Overwrite: true }));
    }
  } finally {
    ssm.destroy();
  }
}

function imageOf(root: string, version: string): string {
  return `ami-${createHash('sha256').update(`${version} ${root}`).digest('hex').slice(0, 17)}`;
}
