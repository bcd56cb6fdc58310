import { z } from 'zod';
import { alarmsConfiguration } from './alarms.ts';
import { machineImage } from './machine-image.ts';
import { namespacesConfiguration } from './namespaces.ts';
import { networkConfiguration } from './network.ts';
import { providersConfiguration } from './providers.ts';
import { slurmConfiguration } from './slurm.ts';
import { telemetryConfiguration } from './telemetry.ts';

const imagesByArchitecture = z.strictObject({
  x86_64: machineImage.optional().describe('AMI id, or `resolve:ssm:<parameter>`, which EC2 looks up at each launch.'),
  arm64: machineImage.optional().describe('The same for Graviton.'),
})
  .transform(({ x86_64, arm64 }) => ({ ...(x86_64 && { x86_64 }), ...(arm64 && { arm64 }) }))
  .refine((images) => Object.keys(images).length > 0, 'an image for at least one architecture');

const amazonLinux = 'resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default';
// Amazon Linux 2023 with a container engine, the SSM agent and NFS; nodes install nothing when they boot.
const withContainers = (architecture: string) =>
  `resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023${architecture}/recommended/image_id`;
const deepLearning = (architecture: string) =>
  `resolve:ssm:/aws/service/deeplearning/ami/${architecture}/base-oss-nvidia-driver-gpu-amazon-linux-2023/latest/ami-id`;

const defaultMachineImages = {
  default: { x86_64: withContainers(''), arm64: withContainers('/arm64') },
  'amazon-linux-2023': { x86_64: `${amazonLinux}-x86_64`, arm64: `${amazonLinux}-arm64` },
  'nvidia-gpu': { x86_64: deepLearning('x86_64'), arm64: deepLearning('arm64') },
};

const seconds = (byDefault: number, meaning: string) => z.int().min(1).max(86_400).default(byDefault).describe(meaning);

const intervals = z.strictObject({
  nodeOnlineTimeout: seconds(600, 'A node that is not online after this long is replaced.'),
  nodePoll: seconds(15, 'Pause between looks at nodes that are coming up.'),
  cooldownBase: seconds(20, 'First cooldown of an offering without capacity; it doubles with each failure.'),
  cooldownMaximum: z.int().min(1).max(600).default(300).describe('Longest cooldown, at most ten minutes.'),
  destroyWait: seconds(60, 'How long one destroy task waits for instances to shut down.'),
  orphanGrace: seconds(600, 'An instance without a living attempt is left alone for this long.'),
  unansweredAfter: seconds(300, 'A task token not answered for this long is looked after.'),
  schedulerLease: seconds(30, 'How long a scheduler holds its lease without renewing it.'),
}).describe('How patient the deployment is, in seconds.');

const marketQuestions = z.strictObject({
  spotAdvisorFeed: z.union([z.literal(''), z.url({ protocol: /^https?$/ })])
    .default('https://spot-bid-advisor.s3.amazonaws.com/spot-advisor-data.json')
    .describe('Where the Spot Instance Advisor says how often Spot machines are taken back. Empty: it is not read.'),
  placementScoresPerDay: z.int().min(0).max(1000).default(20)
    .describe('New questions about Spot placement scores a day (UTC), which AWS limits for an account. 0: none are asked.'),
  refreshMinutes: z.int().min(5).max(1440).default(60).describe('How often that feed and the account quotas are read.'),
}).describe('What is asked about the market; launches are made without what nobody answers.');

const limits = z.strictObject({
  maxRunningJobs: z.int().min(1).max(100_000).default(500).describe('Jobs between admission and teardown.'),
  maxNodesPerJob: z.int().min(1).max(10_000).default(1000).describe('Nodes of one job, over all its pools.'),
  maxReplacementsPerAttempt: z.int().min(0).max(1000).default(10).describe('How often nodes are replaced in one attempt; those of a pool and zone that are replaced together count once.'),
});

const api = z.strictObject({
  requestsPerSecond: z.int().min(1).max(10_000).default(100).describe('Steady rate, over all callers.'),
  burst: z.int().min(1).max(5000).default(200).describe('Requests at once.'),
  allowedCidrs: z.array(z.string().regex(/^\d+\.\d+\.\d+\.\d+(\/\d{1,2})?$/, 'an IPv4 address or block')).default([])
    .describe('Callers from elsewhere are refused, whatever their IAM policy says. Empty: from anywhere.'),
  waf: z.boolean().default(false).describe('A web ACL before the API: known bad addresses and a rate per address.'),
  accountLogRole: z.boolean().default(true)
    .describe("Set the role by which API Gateway writes logs: once per account and region. `false` if it is set."),
});

/** Kinds of logs that may be kept for longer or shorter than others. */
export const logKinds = ['functions', 'api', 'jobs', 'audit'] as const;

/** A number of days that CloudWatch Logs knows. */
function retention() {
  return z.union([1, 3, 5, 7, 14, 30, 60, 90, 180, 365, 731, 1096, 1827, 3653].map((days) => z.literal(days)));
}

const retentionByKind = z.strictObject({
  functions: retention().optional().describe('What functions and the state machine write.'),
  api: retention().optional().describe('Who called the API, and what was answered.'),
  jobs: retention().optional().describe('Output of steps and jobs.'),
  audit: retention().default(365).describe('Who changed what.'),
} satisfies Record<(typeof logKinds)[number], z.ZodType>);

/**
 * What an administrator says about a deployment: the file given with `-c config=<path>`. Every field has a default,
 * so `{}` is a deployment. The documentation of the fields is made from this schema.
 */
export const deploymentConfiguration = z.strictObject({
  $schema: z.string().optional().describe('For editors.'),
  name: z.string().regex(/^[a-z][a-z0-9-]{1,27}$/, 'lower-case letters, digits and hyphens, 2 to 28 characters')
    .default('orchestrator').describe('Name of the stack, and the tag by which instances are known as its own.'),
  production: z.boolean().default(false)
    .describe('Table, buckets, logs of jobs and that of the audit outlive the stack, and the stack is protected from deletion.'),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region such as us-east-1').optional()
    .describe("The region that is served; the AWS profile's when left out."),
  network: networkConfiguration.prefault({ kind: 'created' }).describe('Where nodes run.'),
  namespaces: namespacesConfiguration.prefault({ '*': {} }).describe('What jobs get, by namespace; `*` for all others.'),
  imageAliases: z.record(z.string().min(1), z.string().min(1))
    .default({ 'aws-cli:latest': 'public.ecr.aws/aws-cli/aws-cli:latest' })
    .describe('Container images by the name that manifests use; other names are taken as they stand.'),
  machineImages: z.record(z.string().min(1), imagesByArchitecture).default(defaultMachineImages)
    .refine((images) => 'default' in images, 'an image named default')
    .describe('Machine images by the alias of `nodePools[].image`; `default` is for pools that name none. Root device `/dev/xvda`.'),
  slurm: slurmConfiguration.prefault({}).describe('What jobs with `runtime.type: Slurm` run on.'),
  rootVolumeGiB: z.int().min(8).max(16_384).optional()
    .describe("Size of the root volume where a pool names none; the image's own when left out."),
  storage: z.array(z.enum(['EFS', 'FSx'])).refine((types) => new Set(types).size === types.length, 'no type twice').default([])
    .describe('File systems that the nodes reach by NFS ([deploy.md](deploy.md#choices-to-make)): manifests may name one as `storage`. `FSx` is FSx for OpenZFS.'),
  customerManagedKey: z.boolean().default(false)
    .describe('Encrypt table, step bucket and alarm topics with a KMS key of the deployment instead of keys that AWS owns.'),
  resultsBucket: z.boolean().default(false)
    .describe('Make a bucket for results that the nodes of every namespace may write, each under its own prefix.'),
  providers: providersConfiguration.prefault({}).describe('Clouds beside AWS.'),
  limits: limits.prefault({}).describe('What the deployment takes on at once.'),
  intervals: intervals.prefault({}),
  capacity: marketQuestions.prefault({}),
  api: api.prefault({}).describe('The REST API.'),
  reservedConcurrency: z.record(z.string().regex(/^[a-z]+\/[a-z-]+$/, '<area>/<function>'), z.int().min(0).max(1000)).default({})
    .describe('Reserved concurrency by function, `queue/schedule-jobs` for instance. Off by default: new accounts refuse it.'),
  alarms: alarmsConfiguration.prefault({}).describe('Who hears of alarms.'),
  telemetry: telemetryConfiguration.prefault({}),
  logRetentionDays: retention().default(30).describe('How long logs are kept, but for those that `retentionDays` names.'),
  retentionDays: retentionByKind.prefault({}).describe('How long logs of a kind are kept. Left out: as `logRetentionDays` says.'),
  logLevel: z.enum(['DEBUG', 'INFO'], {
    error: 'DEBUG or INFO: metrics and the lines of spans are written as INFO, and above it Lambda drops them, so that no alarm rings',
  }).default('INFO').describe('Level of the functions. There is none above `INFO`: Lambda would drop the metrics, and no alarm would ring.'),
}).refine(({ namespaces, machineImages }) => Object.values(namespaces).every(({ efa }) =>
  (['x86_64', 'arm64'] as const).every((architecture) => efa[architecture].length === 0 || machineImages['default']?.[architecture] !== undefined)),
{ path: ['namespaces'], message: 'Elastic Fabric Adapters only for architectures that the machine image `default` has' })
  .refine(({ slurm, network }) => slurm.images === undefined || network.kind === 'existing' || network.egress === 'nat',
    { path: ['slurm', 'images'], message: 'Images are built of sources from the internet: only with `network.egress` `nat`, or in an existing network' })
  .refine(({ name, slurm }) => slurm.images === undefined || !/^(aws|ssm)/.test(name),
    { path: ['name'], message: 'Parameter Store, which has the catalogue of images, takes no names that begin with aws or ssm' })
  .refine(({ rootVolumeGiB, slurm }) => slurm.images === undefined || rootVolumeGiB === undefined || rootVolumeGiB >= slurm.images.volumeGiB,
    { path: ['rootVolumeGiB'], message: 'A root volume is at least as large as its image: `slurm.images.volumeGiB`' });

export type DeploymentConfiguration = z.infer<typeof deploymentConfiguration> & { readonly region: string };
