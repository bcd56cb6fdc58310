import { z } from 'zod';
import { isSupported } from '../../core/runtimes/slurm/release.ts';
import { machineImage } from './machine-image.ts';

const release = z.string().regex(/^\d{2}\.\d{2}(\.\d{1,2})?$/, 'a release of Slurm such as "23.02" or "23.02.7"');
const version = z.string().regex(/^\d{2}\.\d{2}\.\d{1,2}$/, 'a whole version of Slurm such as "23.02.7"');
const instanceTypes = z.array(z.string().regex(/^[a-z0-9-]+\.[a-z0-9-]+$/, 'an instance type')).min(1);

const amazonLinux = (architecture: string): string => `resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${architecture}`;

/** Versions of Slurm that images are made of; each has three resources per architecture in their stack. */
export const mostSlurmVersions = 20;

const source = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in small letters').describe('SHA-256 of the archive; the build ends where it differs.'),
  url: z.string().regex(/^https:\/\/[A-Za-z0-9._~:/?&=%+@,;!*-]+$/, 'a URL that begins with https://').optional()
    .describe("Where the archive is; SchedMD's `https://download.schedmd.com/slurm/slurm-<version>.tar.bz2` when left out."),
});

const images = z.strictObject({
  versions: z.record(version, source)
    .refine((versions) => Object.keys(versions).length > 0 && Object.keys(versions).length <= mostSlurmVersions, `one to ${mostSlurmVersions} versions`)
    .refine((versions) => Object.keys(versions).every(isSupported), 'no version before 22.05')
    .describe('Source of Slurm by version.'),
  architectures: z.array(z.enum(['x86_64', 'arm64'])).min(1)
    .refine((architectures) => new Set(architectures).size === architectures.length, 'no architecture twice')
    .default(['x86_64', 'arm64']).describe('For which machines.'),
  parents: z.strictObject({
    x86_64: machineImage.default(amazonLinux('x86_64')),
    arm64: machineImage.default(amazonLinux('arm64')),
  }).prefault({}).describe('What the images are made of, by architecture: Amazon Linux 2023, or an image made of it, with drivers for instance. AMI id, or `resolve:ssm:<parameter>`.'),
  instanceTypes: z.strictObject({
    x86_64: instanceTypes.default(['c7i.2xlarge', 'c6i.2xlarge', 'c5.2xlarge']),
    arm64: instanceTypes.default(['c7g.2xlarge', 'c6g.2xlarge']),
  }).prefault({}).describe('On what they are built, the first that is to be had.'),
  volumeGiB: z.int().min(8).max(16_384).default(20).describe('Size of the root volume, at least that of the parent.'),
  efaInstaller: z.string().regex(/^(latest|\d+\.\d+\.\d+)$/, 'a release such as 1.47.0, or latest').default('1.47.0')
    .describe("Release of Amazon's installer for Elastic Fabric Adapters."),
  schedule: z.string().regex(/^(cron|rate)\(.+\)$/, 'cron(…) or rate(…)').optional()
    .describe('When they are built anew, in UTC: `cron(0 4 ? * sun *)`. Left out: when somebody starts a pipeline.'),
});

export type SlurmImagesConfiguration = z.infer<typeof images>;

/** Machine images with Slurm, and what they stand in for. */
export const slurmConfiguration = z.strictObject({
  substitutes: z.record(release, z.array(release).min(1)).default({})
    .describe('What stands in for releases that there is no image of, the preferred one first: `{ "23.02": ["24.05"] }`. The history of the job says so.'),
  images: images.optional().describe('Pipelines of EC2 Image Builder that make the images ([slurm-images.md](slurm-images.md)). Left out: there are none.'),
});
