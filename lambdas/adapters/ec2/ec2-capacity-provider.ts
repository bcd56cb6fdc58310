import type { EC2Client, EC2ClientConfig } from '@aws-sdk/client-ec2';
import { GangAcquirer } from '../../../core/capacity/gang-acquirer.ts';
import type { CapacityPorts } from '../../../core/capacity/launcher.ts';
import { Ec2Machines } from './ec2-machines.ts';

export interface Ec2CapacityProviderPorts extends Omit<CapacityPorts, 'machines'> {
  readonly ec2: EC2Client;
}

/** How the client of EC2 is to be made: it slows itself down when EC2 asks for it. */
export const ec2ClientDefaults = { retryMode: 'adaptive', maxAttempts: 6 } as const satisfies EC2ClientConfig;

/**
 * Capacity of AWS.
 *
 * What its functions must be allowed (`D`: the deployment's name; `R`, `A`: region and account):
 *
 * | function | action | resource | condition |
 * |---|---|---|---|
 * | acquire, await-nodes, destroy, reconcile | `ec2:DescribeInstances` | `*` (the action knows no resource) | |
 * | reconcile | `ec2:DescribeInstanceStatus` | `*` (the action knows no resource) | |
 * | acquire, await-nodes, destroy | `ec2:CreateFleet` | `arn:aws:ec2:R:A:fleet/*`, `…:launch-template/<each of ours>`, `…:subnet/<each of ours>`, `…:security-group/<each of ours>`, `…:instance/*`, `…:network-interface/*`, `…:volume/*`, `arn:aws:ec2:R::image/*` | `aws:RequestTag/orchestrator:deployment` = `D` on `instance/*` |
 * | acquire, await-nodes, destroy | `ec2:RunInstances` | as `ec2:CreateFleet`, without `fleet/*` | on `instance/*` `aws:RequestTag/orchestrator:deployment` = `D`; `ec2:LaunchTemplate` = ours on `instance/*` |
 * | acquire, await-nodes, destroy | `ec2:CreateTags` | `arn:aws:ec2:R:A:instance/*`, `…:volume/*`, `…:spot-instances-request/*` | `ec2:CreateAction` = `CreateFleet` or `RunInstances` |
 * | acquire, await-nodes, destroy | `ec2:CreateFleet`, `ec2:RunInstances` | `…:capacity-reservation/<each of ours>`; `…:placement-group/D-*` | groups: `aws:ResourceTag/orchestrator:deployment` = `D` |
 * | acquire, await-nodes | `ec2:CreatePlacementGroup`, `ec2:CreateTags` | `…:placement-group/D-*` | `aws:RequestTag/orchestrator:deployment` = `D`; `ec2:CreateAction` = `CreatePlacementGroup` |
 * | reconcile | `ec2:DeletePlacementGroup` | `…:placement-group/D-*` | `aws:ResourceTag/orchestrator:deployment` = `D` |
 * | acquire, await-nodes, reconcile | `ec2:DescribePlacementGroups` | `*` (knows no resource) | |
 * | acquire, await-nodes, destroy | `ec2:DescribeFleets` | `*` (knows no resource) | |
 * | acquire, await-nodes, destroy | `iam:PassRole` | the roles of the node profiles | `iam:PassedToService` = `ec2.amazonaws.com` |
 * | acquire, await-nodes, destroy, reconcile | `ec2:TerminateInstances` | `arn:aws:ec2:R:A:instance/*` | `aws:ResourceTag/orchestrator:deployment` = `D` |
 * | acquire, await-nodes (images named by `resolve:ssm:`) | `ssm:GetParameters` | the parameters that the deployment names | |
 * | acquire, await-nodes, submit | those of `Ec2InstanceCatalogue` | | |
 *
 * Destroy launches too: a launch whose answer nobody knows is made once more with its token, see `GangAcquirer.release`.
 */
export class Ec2CapacityProvider extends GangAcquirer {
  constructor({ ec2, ...ports }: Ec2CapacityProviderPorts) {
    super({ ...ports, machines: new Ec2Machines({ ec2, catalogue: ports.catalogue, clock: ports.clock, deployment: ports.deployment }) });
  }
}
