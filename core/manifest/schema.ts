import * as z from 'zod';
import { catalogueName, distinct, dnsLabel, labels, printableText, wholeNumber } from './fields.ts';
import { RETRYABLE_OUTCOMES, retryPolicy } from './retry-policy.ts';
import { checkPlacement, checkPools, checkRuntime, checkStorage, needsOneZone } from './rules.ts';
import { hooksSchema } from './steps.ts';

const API_VERSION = 'orchestrator.our-company.com/v1alpha1';
const KIND = 'ClusterDefinition';

export const priorityClass = z.enum(['low', 'normal', 'high', 'urgent']);
/** What the names of priority classes stand for. Higher goes first. */
export const PRIORITY_CLASSES = { low: 250, normal: 500, high: 750, urgent: 900 } as const satisfies Record<z.output<typeof priorityClass>, number>;
const DEFAULT_PRIORITY = PRIORITY_CLASSES.normal;
export const MAX_PRIORITY = 1000;
const MIN_TTL_SECONDS = 60;
export const MAX_TTL_SECONDS = 30 * 24 * 3600;
const DEFAULT_CAPACITY_TIMEOUT_SECONDS = 86_400;
const MAX_NODES_PER_POOL = 1000;
const MAX_POOLS = 32;
const MAX_ATTEMPTS = 10;
const MAX_NODES = MAX_NODES_PER_POOL * MAX_POOLS;
const MAX_TASKS_PER_NODE = 1024;
const NOTICE_SIGNALS = ['USR1', 'USR2', 'TERM', 'INT', 'HUP', 'CONT'] as const;

const metadata = z.strictObject({
  name: dnsLabel().meta({ description: 'Name of the definition in its namespace.' }),
  namespace: dnsLabel().meta({ description: 'The team or project that owns the job: its share, its limits, its permissions.' }),
  labels: labels().default({}).meta({ description: 'Up to 40 labels of any text, to find and account jobs by. They become tags of the machines.' }),
});

const nodePool = z
  .strictObject({
    name: dnsLabel().meta({ description: 'Name of the pool, distinct in the manifest.' }),
    role: z.exactOptional(z.literal('head')).meta({
      description: 'Marks the pool whose first node is the head node. Without it: the pool named `head` or `head-node`, else the first.',
    }),
    count: wholeNumber(1, MAX_NODES_PER_POOL).meta({ description: 'How many nodes. All pools are acquired together or not at all.' }),
    instanceType: z.union([catalogueName(), distinct(catalogueName(), 32)]).meta({
      description: 'The instance type, or several that will do; all of one processor architecture.',
    }),
    mix: z.enum(['Any', 'Same']).default('Any').meta({ description: 'May nodes of the pool differ in type (`Any`), or must they be of one (`Same`)?' }),
    purchaseOption: z.enum(['OnDemand', 'Spot', 'SpotPreferred']).default('OnDemand').meta({
      description: '`SpotPreferred` takes Spot and falls back to on-demand.',
    }),
    image: z.exactOptional(printableText(255).regex(/^\S+$/u, { error: 'must not contain spaces' })).meta({
      description: 'Machine image: an alias of the deployment or an AMI id. Without it the deployment’s own for the architecture.',
    }),
    diskSizeGiB: z.exactOptional(wholeNumber(8, 16_384)).meta({ description: 'Size of the root volume. Without it the size of the image.' }),
    efa: z.boolean().default(false).meta({ description: 'Elastic Fabric Adapter on every node of the pool; keeps the job in one zone.' }),
  })
  .transform(({ instanceType, ...pool }) => ({ ...pool, instanceTypes: [instanceType].flat() }));

const placement = z.strictObject({
  provider: dnsLabel().default('aws').meta({ description: 'Which cloud provides the machines.' }),
  region: catalogueName().meta({ description: 'The region; the deployment must serve it.' }),
  availabilityZones: z.union([z.literal('any'), distinct(catalogueName(), 32)]).default('any').meta({
    description: 'Zones that may be used, or `any`.',
  }),
  spread: z.exactOptional(z.enum(['Single', 'Prefer', 'Any'])).meta({
    description: 'May the job’s nodes stand in several zones: never, only if one has not enough, or freely? EFA or a placement group means `Single`.',
    default: 'Prefer',
  }),
  placementGroup: z.boolean().default(false).meta({ description: 'Puts the nodes close together in a cluster placement group made for the job.' }),
});

const runtime = z
  .strictObject({
    type: z.enum(['None', 'Slurm']).meta({ description: 'What makes a cluster of the nodes. `EKS` is refused.' }),
    version: z.exactOptional(z.string().regex(/^\d{2}\.\d{2}(?:\.\d{1,2})?$/, { error: 'must be a Slurm release such as "23.02" or "23.02.7"' })).meta({
      description: 'Release of Slurm, quoted: `"23.02"`. Without it the newest that the deployment has an image of.',
    }),
    nodes: z.exactOptional(wholeNumber(1, MAX_NODES)).meta({
      description: 'Slurm: how many of the workers each step of the run gets; all where neither this nor the script says.',
    }),
    tasksPerNode: z.exactOptional(wholeNumber(1, MAX_TASKS_PER_NODE)).meta({ description: 'Slurm: tasks that `srun` and MPI start on each node.', default: 1 }),
    exclusive: z.exactOptional(z.boolean()).meta({ description: 'Slurm: whether a step has its nodes for itself.', default: true }),
    noticeSignal: z.exactOptional(z.enum(NOTICE_SIGNALS)).meta({
      description: 'Slurm: the signal that the batch script gets when EC2 is about to take one of its Spot nodes back.', default: 'USR1',
    }),
    noticeSeconds: z.exactOptional(wholeNumber(10, 120)).meta({ description: 'Slurm: how long before that it gets it.', default: 90 }),
    accounting: z.exactOptional(z.boolean()).meta({ description: 'Slurm: whether it records its jobs in `/data/slurm/jobs.log`.', default: false }),
  })
  .superRefine(checkRuntime, { when: always });

/** What stands at `/data`; that a file system has its id is checked before. */
type Storage = { readonly type: 'HeadNode' } | { readonly type: 'EFS' | 'FSx'; readonly fileSystemId: string };

const storage = z
  .strictObject({
    type: z.enum(['HeadNode', 'EFS', 'FSx']).meta({ description: '`HeadNode` shares its own disk; the others are file systems that outlive the job, where the deployment has them.' }),
    fileSystemId: z.exactOptional(z.string().regex(/^fs-[0-9a-f]{8,40}$/, { error: 'must be the id of a file system, such as fs-0123456789abcdef0' })).meta({
      description: 'Id of an existing file system of EFS, or of FSx for OpenZFS, in the region of the job.',
    }),
  })
  .superRefine(checkStorage, { when: always })
  .transform(({ type, fileSystemId = '' }): Storage => (type === 'HeadNode' ? { type } : { type, fileSystemId }));

const retry = z.strictObject({
  maxAttempts: z.exactOptional(wholeNumber(1, MAX_ATTEMPTS)).meta({
    description: 'How often the job may run in all. With `onNodeLoss: Requeue` and no `retry` it is 3.',
    default: 1,
  }),
  on: z.exactOptional(distinct(z.enum(RETRYABLE_OUTCOMES), RETRYABLE_OUTCOMES.length)).meta({
    description: 'Outcomes after which it runs again. `onNodeLoss: Requeue` adds INTERRUPTED, and is all that counts without `retry`.',
    default: [...RETRYABLE_OUTCOMES],
  }),
});

const capacity = z.strictObject({
  timeoutSeconds: wholeNumber(MIN_TTL_SECONDS, MAX_TTL_SECONDS).default(DEFAULT_CAPACITY_TIMEOUT_SECONDS).meta({
    description: 'How long an attempt may go without machines, before the outcome is NO_CAPACITY: from its admission, the time included that it is parked, and the time before it in which it is held in the queue for want of capacity alone. Waiting for limits does not count.',
  }),
  maxUsdPerHour: z.exactOptional(z.number().positive().max(1_000_000)).meta({ description: 'What all nodes together may cost in an hour.' }),
});

const spec = z
  .strictObject({
    nodePools: z.array(nodePool).min(1).max(MAX_POOLS).superRefine(checkPools, { when: ({ value }) => Array.isArray(value) }).meta({
      description: 'The machines, in pools of like ones.',
    }),
    placement: placement.meta({ description: 'Where they may stand.' }),
    hooks: hooksSchema.prefault({}).meta({ description: 'The user’s own steps.' }),
    runtime: runtime.default({ type: 'None' }).meta({ description: 'What makes a cluster of them.' }),
    storage: storage.prefault({ type: 'HeadNode' }).meta({
      description: 'What stands at `/data` on every node.',
    }),
    priority: z
      .union([wholeNumber(0, MAX_PRIORITY), priorityClass])
      .transform((value) => (typeof value === 'string' ? PRIORITY_CLASSES[value] : value))
      .prefault(DEFAULT_PRIORITY)
      .meta({ description: '0 to 1000, higher first, or a class: `low` 250, `normal` 500, `high` 750, `urgent` 900.' }),
    retry: retry.prefault({}).meta({ description: 'Whether the job runs again when it did not succeed.' }),
    onNodeLoss: z.enum(['Fail', 'Replace', 'Requeue']).default('Fail').meta({
      description:
        'What the loss of a node does: the attempt ends as INTERRUPTED (`Fail`), the job goes on with a new node in its place (`Replace`; not the head node), ' +
        'or it goes back to the queue for another attempt (`Requeue`; under Slurm, where the head node is not the one, within the same attempt).',
    }),
    capacity: capacity.prefault({}).meta({ description: 'Bounds of the search for machines.' }),
    ttlSeconds: z.exactOptional(wholeNumber(MIN_TTL_SECONDS, MAX_TTL_SECONDS)).meta({
      description: 'How long the cluster may live, from the start of its configuration; 60 s to 30 days. Without it until the job ends or is released.',
    }),
  })
  .superRefine(checkPlacement, { when: always })
  .transform((written) => ({
    ...written,
    retry: retryPolicy(written),
    placement: { ...written.placement, spread: needsOneZone(written) ? ('Single' as const) : (written.placement.spread ?? ('Prefer' as const)) },
  }));

/** Rules between fields run whatever a field's own check said: everything that is wrong is told at once. */
function always(): boolean {
  return true;
}

/**
 * The manifest: what users write, what editors complete, what the documentation lists and what is validated.
 * Parsing applies every default, so the output needs no second thought about what was left out.
 */
export const clusterDefinitionSchema = z
  .strictObject({
    apiVersion: z.literal(API_VERSION).meta({ description: 'Version of this format.' }),
    kind: z.literal(KIND).meta({ description: 'Always `ClusterDefinition`.' }),
    metadata: metadata.meta({ description: 'What it is called and whose it is.' }),
    spec: spec.meta({ description: 'What is wanted.' }),
  })
  .meta({ title: KIND, description: 'A cluster of machines and the job that runs on it.' });

/** A manifest as it is written: defaults may be left out. */
export type ClusterDefinition = z.input<typeof clusterDefinitionSchema>;
/** A validated manifest with all defaults applied. */
export type Manifest = z.output<typeof clusterDefinitionSchema>;
export type NodePool = Manifest['spec']['nodePools'][number];
export type Placement = Manifest['spec']['placement'];
