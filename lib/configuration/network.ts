import { z } from 'zod';

const zone = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, 'an Availability Zone such as us-east-1a');
const subnetId = z.string().regex(/^subnet-[0-9a-f]{8,17}$/, 'a subnet id such as subnet-0123456789abcdef0');
const securityGroupId = z.string().regex(/^sg-[0-9a-f]{8,17}$/, 'a security group id such as sg-0123456789abcdef0');

const createdNetwork = z.strictObject({
  kind: z.literal('created'),
  cidr: z.string().regex(/^\d+\.\d+\.\d+\.\d+\/(1[6-9]|20)$/, 'an IPv4 block from /16 to /20, 10.20.0.0/16 for instance')
    .default('10.20.0.0/16').describe('Address block of the VPC; each zone gets an eighth of it.'),
  zones: z.array(zone).min(1).max(6).optional()
    .describe('Zones where nodes may run. Left out: the a, b and c of the region. Add new ones at the end only, since '
      + 'addresses are handed out in this order.'),
  egress: z.enum(['nat', 'endpoints']).default('nat')
    .describe('How nodes reach AWS. `nat`: one NAT gateway, by which they also reach public image registries and '
      + 'package repositories. `endpoints`: no way to the internet, interface endpoints for what the nodes need; '
      + 'container images must then come from ECR (see `extraEndpoints`).'),
  extraEndpoints: z.array(z.string().regex(/^[a-z0-9.-]+$/)).default([])
    .describe('More interface endpoints, by service: `ecr.api` and `ecr.dkr` for images from ECR.'),
  flowLogs: z.boolean().default(true).describe('Log connections that the network refused.'),
});

const existingNetwork = z.strictObject({
  kind: z.literal('existing'),
  vpcId: z.string().regex(/^vpc-[0-9a-f]{8,17}$/, 'a VPC id such as vpc-0123456789abcdef0')
    .describe('The VPC that the subnets are in.'),
  subnets: z.record(zone, subnetId).refine((subnets) => Object.keys(subnets).length > 0, 'at least one zone')
    .describe('One subnet per zone, each with a way to S3, SSM and CloudWatch Logs.'),
  securityGroup: securityGroupId.optional()
    .describe('Group of all nodes; it must let its members talk to each other. Left out: a new one is made.'),
});

/** Where nodes run: a VPC of the deployment's own, or subnets that exist. */
export const networkConfiguration = z.discriminatedUnion('kind', [createdNetwork, existingNetwork]);

export type NetworkConfiguration = z.infer<typeof networkConfiguration>;
export type CreatedNetwork = z.infer<typeof createdNetwork>;
export type ExistingNetwork = z.infer<typeof existingNetwork>;

/** Zones of a network in their order; the defaults of a created one depend on the region. */
export function zonesOf(network: NetworkConfiguration, region: string): readonly string[] {
  if (network.kind === 'existing') return Object.keys(network.subnets);
  return network.zones ?? ['a', 'b', 'c'].map((letter) => `${region}${letter}`);
}
