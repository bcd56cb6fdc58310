import { Stack } from 'aws-cdk-lib';
import { slurmImagePrefix } from '../../core/runtimes/slurm/images.ts';
import type { DeploymentConfiguration } from '../configuration/schema.ts';
import type { OrchestratorFunction } from '../functions/orchestrator-function.ts';

const RESOLVED = 'resolve:ssm:';

/** EC2 reads the parameter of `resolve:ssm:` images in the caller's name: those of the configuration, and of the catalogue. */
export function allowImageParameters(launcher: OrchestratorFunction, configuration: DeploymentConfiguration): void {
  const configured = Object.values(configuration.machineImages)
    .flatMap((images) => Object.values(images))
    .filter((image) => image.startsWith(RESOLVED))
    .map((image) => image.slice(RESOLVED.length));
  launcher.allow(['ssm:GetParameters'], [...new Set([...configured, `${slurmImagePrefix(configuration)}/*`])].map((name) => parameterArn(launcher, name)));
}

/** Reading which images with Slurm there are. Systems Manager checks the path that is asked for, by itself or as what is below it. */
export function allowImageCatalogue(reader: OrchestratorFunction, configuration: DeploymentConfiguration): void {
  const prefix = slurmImagePrefix(configuration);
  reader.allow(['ssm:GetParametersByPath'], [prefix, `${prefix}/*`].map((name) => parameterArn(reader, name)));
}

function parameterArn(asker: OrchestratorFunction, name: string): string {
  const resourceName = name.replace(/^\//, '');
  // Public parameters belong to no account.
  return Stack.of(asker).formatArn({ service: 'ssm', resource: 'parameter', resourceName, ...(resourceName.startsWith('aws/service/') ? { account: '' } : {}) });
}
