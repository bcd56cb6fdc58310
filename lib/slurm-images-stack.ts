import { Stack, Tags, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { DeploymentConfiguration } from './configuration/schema.ts';
import { SlurmImages, type SlurmImagesProps } from './nodes/slurm-images.ts';

export interface SlurmImagesStackProps extends StackProps, SlurmImagesProps {}

/** The stack of a deployment's pipelines for images; none where the deployment makes no images. */
export function slurmImagesStack(
  scope: Construct, props: Omit<SlurmImagesStackProps, 'images'> & { readonly configuration: DeploymentConfiguration },
): SlurmImagesStack | undefined {
  const { name, slurm: { images } } = props.configuration;
  return images === undefined ? undefined : new SlurmImagesStack(scope, `${name}-images`, { ...props, images });
}

/**
 * Pipelines that make machine images, beside the stack of the deployment, in whose network they work: that one has no room
 * for them among the 500 resources of a stack, and images are made when jobs do not wait for anything.
 */
export class SlurmImagesStack extends Stack {
  constructor(scope: Construct, id: string, { configuration, images, network, sourceRoot, ...stackProps }: SlurmImagesStackProps) {
    super(scope, id, { suppressTemplateIndentation: true, ...stackProps });
    Tags.of(this).add('orchestrator:stack', configuration.name);
    new SlurmImages(this, 'SlurmImages', { configuration, images, network, sourceRoot });
  }
}
