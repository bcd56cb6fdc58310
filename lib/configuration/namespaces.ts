import { z } from 'zod';

const securityGroupId = z.string().regex(/^sg-[0-9a-f]{8,17}$/, 'a security group id such as sg-0123456789abcdef0');
const policyArn = z.string().regex(/^arn:aws[a-z-]*:iam::(aws|\d{12}):policy\/.+$/, 'the ARN of a managed policy');
const bucketName = z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'a bucket name');

const reservationId = z.string().regex(/^cr-[0-9a-f]{8,17}$/, 'the id of a capacity reservation such as cr-0123456789abcdef0');
const adapterCounts = z.array(z.int().min(1).max(32)).max(8).refine((counts) => new Set(counts).size === counts.length, 'no number twice');

/** What the administrator gives to the jobs of a namespace. */
const namespaceConfiguration = z.strictObject({
  managedPolicies: z.array(policyArn).max(9).default([])
    .describe('ARNs of managed policies that the nodes of the namespace get beside the minimal one.'),
  readBuckets: z.array(bucketName).default([]).describe('Buckets that the jobs may read.'),
  writeBuckets: z.array(bucketName).default([]).describe('Buckets that the jobs may read and write: results go there.'),
  securityGroups: z.array(securityGroupId).max(4).default([])
    .describe("Security groups of the nodes beside the deployment's own, to reach a file system for instance."),
  capacityReservations: z.array(reservationId).default([])
    .describe('Targeted capacity reservations that `OnDemand` and `SpotPreferred` pools use before anything else.'),
  efa: z.strictObject({ x86_64: adapterCounts.default([]), arm64: adapterCounts.default([]) }).prefault({})
    .describe('Numbers of Elastic Fabric Adapters, by architecture, that nodes of `efa` pools may have: a type gets the largest that fits it. '
      + 'c5n, hpc6a and most others have 1, hpc6id and hpc7a 2, p4d 4, trn1 and p6-b200 8, p5en and trn2 16, p5 32. Empty: the namespace has no `efa` pools.'),
});

/** Namespaces with settings of their own. */
export const mostNamespaces = 20;
/** Launch templates with Elastic Fabric Adapters, of all namespaces together. */
export const mostEfaTemplates = 16;
/** Capacity reservations, of all namespaces together. */
export const mostReservations = 10;

/**
 * Settings by namespace; `*` stands for every namespace without an entry of its own. Without `*` other namespaces are
 * refused.
 */
export const namespacesConfiguration = z.record(
  z.string().regex(/^(\*|[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)$/, 'a namespace (a DNS label) or *'),
  namespaceConfiguration,
).refine((namespaces) => Object.keys(namespaces).length > 0, 'at least one namespace, or * for all')
  // Launch templates and roles of each are named in the functions' environment (4 KB) and in their roles (10 KB), and
  // are among the 500 resources that a stack may have.
  .refine((namespaces) => Object.keys(namespaces).length <= mostNamespaces, `at most ${mostNamespaces} namespaces with settings of their own`)
  .refine((namespaces) => sum(namespaces, ({ efa }) => efa.x86_64.length + efa.arm64.length) <= mostEfaTemplates,
    `at most ${mostEfaTemplates} numbers of Elastic Fabric Adapters in all`)
  .refine((namespaces) => new Set(Object.values(namespaces).flatMap((settings) => settings.capacityReservations)).size <= mostReservations,
    `at most ${mostReservations} capacity reservations in all`);

function sum(namespaces: Readonly<Record<string, NamespaceConfiguration>>, count: (settings: NamespaceConfiguration) => number): number {
  return Object.values(namespaces).reduce((total, settings) => total + count(settings), 0);
}

export type NamespaceConfiguration = z.infer<typeof namespaceConfiguration>;
