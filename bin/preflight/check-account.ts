import type { AccountFacts } from './facts.ts';
import { fail, ok, warn, type Finding } from './finding.ts';
import { serviceLinkedRoles } from './read-account.ts';

/** The bootstrap stack that this version of the CDK asks for. */
const oldestBootstrap = 6;
/** Below this, a burst of callers leaves none for the lifecycle of jobs. */
const fewestConcurrent = 100;
/** A gang of 16 machines of 4 vCPU. */
const fewVcpus = 64;

const quotas = [
  { code: 'L-1216C47A', families: 'A, C, D, H, I, M, R, T, Z', market: 'on-demand', needed: true },
  { code: 'L-34B43A08', families: 'A, C, D, H, I, M, R, T, Z', market: 'Spot', needed: true },
  { code: 'L-DB2E81BA', families: 'G, VT', market: 'on-demand', needed: false },
  { code: 'L-3819A6DF', families: 'G, VT', market: 'Spot', needed: false },
  { code: 'L-417A185B', families: 'P', market: 'on-demand', needed: false },
  { code: 'L-7212CCBC', families: 'P2, P3, P4', market: 'Spot', needed: false },
] as const;

/** What the account itself must have, whatever the network. */
export function checkAccount(facts: AccountFacts): Finding[] {
  return [
    ...(facts.caller === undefined ? [fail('credentials', 'no caller identity', 'Set AWS_PROFILE or sign in: the AWS CLI must be able to "aws sts get-caller-identity".')]
      : [ok('credentials', `${facts.caller.arn} in account ${facts.caller.account}`)]),
    ...checkBootstrap(facts.bootstrapVersion),
    ...checkServiceLinkedRoles(facts.serviceLinkedRoles),
    ...checkQuotas(facts.ec2Quotas),
    ...checkConcurrency(facts.lambdaConcurrency),
  ];
}

function checkBootstrap(version: number | undefined): Finding[] {
  if (version === undefined) return [];
  const check = 'CDK bootstrap';
  if (version >= oldestBootstrap) return [ok(check, `version ${version}`)];
  return [fail(check, version === 0 ? 'the region is not bootstrapped' : `version ${version} is too old`, 'npx cdk bootstrap')];
}

function checkServiceLinkedRoles(existing: ReadonlySet<string> | undefined): Finding[] {
  if (existing === undefined) return [];
  return Object.entries(serviceLinkedRoles).map(([role, service]) => existing.has(role)
    ? ok('service-linked role', role)
    : fail('service-linked role', `${role} does not exist`, `aws iam create-service-linked-role --aws-service-name ${service}`));
}

function checkQuotas(values: ReadonlyMap<string, number> | undefined): Finding[] {
  if (values === undefined) return [];
  return quotas.map(({ code, families, market, needed }) => {
    const check = `vCPU quota, ${market}`;
    const value = values.get(code) ?? 0;
    const detail = `${value} vCPU for ${families} (${code})`;
    const wayOut = `aws service-quotas request-service-quota-increase --service-code ec2 --quota-code ${code} --desired-value <vCPU>`;
    if (value === 0 && needed) return fail(check, detail, wayOut);
    return value < fewVcpus ? warn(check, detail, wayOut) : ok(check, detail);
  });
}

function checkConcurrency(limit: number | undefined): Finding[] {
  if (limit === undefined) return [];
  const check = 'Lambda concurrency';
  if (limit >= fewestConcurrent) return [ok(check, `${limit} functions at once`)];
  return [warn(check, `${limit} functions at once`,
    'aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 1000')];
}
