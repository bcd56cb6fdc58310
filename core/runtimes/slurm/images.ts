import type { Deployment, ImageByArchitecture } from '../../deployment/deployment.ts';
import type { Job } from '../../job/job.ts';

/** Where a deployment keeps its catalogue of Slurm images in Parameter Store: `<prefix>/<version>/<architecture>` is an AMI id. */
export const slurmImagePrefix = ({ name }: Pick<Deployment, 'name'>): string => `/${name}/images/slurm`;

/** The machine images of a job's runtime, which EC2 looks up at each launch; `undefined`: it needs none of its own. */
export function runtimeImages(deployment: Pick<Deployment, 'name'>, { runtime, runtimeVersion }: Pick<Job, 'runtime' | 'runtimeVersion'>): ImageByArchitecture | undefined {
  if (runtime !== 'Slurm' || runtimeVersion === undefined) return undefined;
  const image = (architecture: string): string => `resolve:ssm:${slurmImagePrefix(deployment)}/${runtimeVersion}/${architecture}`;
  return { x86_64: image('x86_64'), arm64: image('arm64') };
}
