import type { Parameter, SSMClient } from '@aws-sdk/client-ssm';
import { paginateGetParametersByPath } from '@aws-sdk/client-ssm';
import type { Deployment } from '../../../core/deployment/deployment.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { FailureLog } from '../../../core/ports/event-log.ts';
import type { RuntimeCatalogue, RuntimeRelease } from '../../../core/ports/runtime-catalogue.ts';
import { slurmImagePrefix } from '../../../core/runtimes/slurm/images.ts';
import { isSupported } from '../../../core/runtimes/slurm/release.ts';
import { ExpiringCache } from '../expiring-cache.ts';
import { telling } from './telling.ts';

/** An image that was made just now may be asked for a minute later. */
const LIFE_MS = 60_000;
/** `23.02.7/arm64`, below the prefix. */
const ENTRY = /^(\d{2}\.\d{2}(?:\.\d{1,2})?)\/(x86_64|arm64)$/;
const AMI_ID = /^ami-[0-9a-f]{8,17}$/;
/** EC2 looks up no others at a launch. */
const DATA_TYPE = 'aws:ec2:image';

interface SsmRuntimeCatalogueParts {
  readonly ssm: SSMClient;
  readonly deployment: Pick<Deployment, 'name'>;
  readonly clock: Clock;
  readonly log: Pick<FailureLog, 'warn'>;
}

/**
 * The catalogue of images in Parameter Store: `<prefix>/<version>/<architecture>` holds the id of an AMI, as a parameter of data
 * type `aws:ec2:image`. What else is below the prefix is left out, with a warning, and so are versions that are too old.
 *
 * IAM: `ssm:GetParametersByPath` on the prefix.
 */
export class SsmRuntimeCatalogue implements RuntimeCatalogue {
  readonly #parts: SsmRuntimeCatalogueParts;
  readonly #kept: ExpiringCache<readonly RuntimeRelease[]>;

  constructor(parts: SsmRuntimeCatalogueParts) {
    this.#parts = parts;
    this.#kept = new ExpiringCache(parts.clock, LIFE_MS);
  }

  /** @throws DependencyThrottledError, or what SSM says. */
  async slurmReleases(): Promise<readonly RuntimeRelease[]> {
    const prefix = slurmImagePrefix(this.#parts.deployment);
    return this.#kept.get(prefix, async () => this.#read(prefix));
  }

  async #read(prefix: string): Promise<readonly RuntimeRelease[]> {
    const releases = new Map<string, RuntimeRelease['architectures']>();
    for (const { Name: name = '', Value: value = '', DataType } of await parametersBelow(this.#parts.ssm, prefix)) {
      const [, version, architecture] = ENTRY.exec(name.slice(prefix.length + 1)) ?? [];
      if (version === undefined || architecture === undefined || !AMI_ID.test(value) || DataType !== DATA_TYPE) {
        this.#parts.log.warn('A parameter of the catalogue of images is none of an image', { name });
        continue;
      }
      if (!isSupported(version)) {
        this.#parts.log.warn('An image in the catalogue has a Slurm that is too old', { name });
        continue;
      }
      releases.set(version, [...(releases.get(version) ?? []), architecture === 'arm64' ? 'arm64' : 'x86_64']);
    }
    return [...releases].map(([version, architectures]) => ({ version, architectures }));
  }
}

async function parametersBelow(ssm: SSMClient, prefix: string): Promise<readonly Parameter[]> {
  const parameters: Parameter[] = [];
  await telling('read the catalogue of images', async () => {
    for await (const page of paginateGetParametersByPath({ client: ssm }, { Path: prefix, Recursive: true })) parameters.push(...(page.Parameters ?? []));
  });
  return parameters;
}
