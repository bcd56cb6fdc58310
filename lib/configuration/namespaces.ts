import { z } from 'zod';

const securityGroupId = z.string().regex(/^sg-[0-9a-f]{8,17}$/, 'a security group id such as sg-0123456789abcdef0');
const policyArn = z.string().regex(/^arn:aws[a-z-]*:iam::(aws|\d{12}):policy\/.+$/, 'the ARN of a managed policy');
const bucketName = z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'a bucket name');

/** What the administrator gives to the jobs of a namespace. */
const namespaceConfiguration = z.strictObject({
  managedPolicies: z.array(policyArn).max(9).default([])
    .describe('ARNs of managed policies that the nodes of the namespace get beside the minimal one.'),
  readBuckets: z.array(bucketName).default([]).describe('Buckets that the jobs may read.'),
  writeBuckets: z.array(bucketName).default([]).describe('Buckets that the jobs may read and write: results go there.'),
  securityGroups: z.array(securityGroupId).max(4).default([])
    .describe("Security groups of the nodes beside the deployment's own, to reach a file system for instance."),
});

/** Namespaces with settings of their own. */
export const mostNamespaces = 20;

/**
 * Settings by namespace; `*` stands for every namespace without an entry of its own. Without `*` other namespaces are
 * refused.
 */
export const namespacesConfiguration = z.record(
  z.string().regex(/^(\*|[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)$/, 'a namespace (a DNS label) or *'),
  namespaceConfiguration,
).refine((namespaces) => Object.keys(namespaces).length > 0, 'at least one namespace, or * for all')
  // Launch templates and roles of each are named in the functions' environment (4 KB) and in their roles (10 KB).
  .refine((namespaces) => Object.keys(namespaces).length <= mostNamespaces, `at most ${mostNamespaces} namespaces with settings of their own`);

export type NamespaceConfiguration = z.infer<typeof namespaceConfiguration>;
