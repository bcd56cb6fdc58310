import type { CauseText } from '../cause.ts';

const CAPACITY = 'docs/runbook/jobs.md#no-capacity';
const REFUSED = 'docs/runbook/README.md#launches-refused';

/** Why a job has no machines. `bearing` says how it is while it still looks for some: the rules know when it has given up. */
export const capacityCauses = {
  NoCapacity: {
    bearing: 'waits',
    means: 'The cloud has no free machines of the types, zones and markets that it may be launched as.',
    youCanDo: [
      'Name more instance types (instanceType: [a, b, …]) or more zones (availabilityZones: any).',
      'Allow Spot and on-demand both (purchaseOption: SpotPreferred), or more than one zone (spread: Any).',
      'Give it more time (capacity.timeoutSeconds), or another attempt (retry.on: [NO_CAPACITY]).',
    ],
    operatorCanDo: ['See what cools and since when (orch capacity), and whether more zones can be served.'],
    runbook: CAPACITY,
  },
  AccountQuota: {
    bearing: 'waits',
    means: 'A quota of the AWS account for running machines is used up, or smaller than what the job asks for.',
    youCanDo: ['Use instance families or a purchase option that count against another quota, or fewer nodes.'],
    operatorCanDo: ['See the quotas (npm run preflight), have them raised at AWS, and set them in the shares.'],
    runbook: 'docs/runbook/jobs.md#a-quota-of-the-account',
  },
  NoAddresses: {
    bearing: 'waits',
    means: 'The subnet of a zone has too few free addresses for the nodes.',
    youCanDo: ['Allow other zones (availabilityZones: any), or fewer, larger nodes.'],
    operatorCanDo: ['Give the deployment larger subnets, or end what else has addresses there (orch capacity shows how many are free).'],
    runbook: 'docs/runbook/jobs.md#no-addresses',
  },
  CloudThrottled: {
    bearing: 'waits',
    means: 'EC2 asks everybody of the account to make fewer calls, or a limit of the region other than vCPUs is reached.',
    youCanDo: ['Wait: it is tried again by itself.'],
    operatorCanDo: ['Look who else calls EC2 in this account, and have the request rates raised at AWS if it lasts.'],
    runbook: 'docs/runbook/jobs.md#aws-asks-to-slow-down',
  },
  BudgetReached: {
    bearing: 'waits',
    means: 'What there is costs more in an hour than the job allows (capacity.maxUsdPerHour).',
    youCanDo: ['Raise capacity.maxUsdPerHour, or name cheaper instance types or Spot.'],
    operatorCanDo: [],
    runbook: CAPACITY,
  },
  GangNotReleased: {
    bearing: 'failed',
    means: 'Machines of a gang that stayed short were not seen to go, so it was not tried for again.',
    youCanDo: ['Submit it again, or have it retried (retry.on: [NO_CAPACITY]).'],
    operatorCanDo: ['See that these machines are gone: a machine that stays costs.'],
    runbook: 'docs/runbook/README.md#machines-left',
  },
  LaunchNotPermitted: {
    bearing: 'failed',
    means: 'The deployment may not launch this: a role or a policy of the organisation refuses it.',
    youCanDo: ['Tell the operator; submitting it again ends the same.'],
    operatorCanDo: ['Decode the message (aws sts decode-authorization-message), and put the policy right.'],
    runbook: REFUSED,
  },
  ImageNotUsable: {
    bearing: 'failed',
    means: 'The machine image is not there, or the account may not use it.',
    youCanDo: ['See whether the manifest names an image (nodePools[].image) that exists in this region.'],
    operatorCanDo: ['Put machineImages of the configuration right, or share the image with the account.'],
    runbook: REFUSED,
  },
  LaunchTemplateBroken: {
    bearing: 'failed',
    means: 'A launch template, subnet, security group or instance profile of the deployment is not there any more.',
    youCanDo: ['Tell the operator; submitting it again ends the same.'],
    operatorCanDo: ['Deploy again, which makes what was deleted.'],
    runbook: REFUSED,
  },
  AccountBlocked: {
    bearing: 'failed',
    means: 'AWS does not let the account launch this: it is being verified, blocked, or has not opted in.',
    youCanDo: ['Tell the operator.'],
    operatorCanDo: ['Open a case at AWS support.'],
    runbook: REFUSED,
  },
  LaunchImpossible: {
    bearing: 'failed',
    means: 'No cloud can serve what the manifest asks for, however long it waits.',
    youCanDo: ['Change the manifest as the message says; orch submit --dry-run shows where nodes would be sought.'],
    operatorCanDo: [],
    runbook: 'docs/runbook/jobs.md#a-launch-that-cannot-be',
  },
  LaunchRejected: {
    bearing: 'failed',
    means: 'The cloud refused the launch for a reason that waiting does not cure.',
    youCanDo: ['See whether the message is about something that the manifest names.'],
    operatorCanDo: ['Look up the code: it is about what the deployment or the account has.'],
    runbook: REFUSED,
  },
} as const satisfies Readonly<Record<string, CauseText>>;
