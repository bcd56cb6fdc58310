import { Command } from 'commander';
import { readConfiguration } from '../lib/configuration/load.ts';
import { checkAccount } from './preflight/check-account.ts';
import { checkEndpoints } from './preflight/check-endpoints.ts';
import { checkImages } from './preflight/check-images.ts';
import { checkLogPolicies } from './preflight/check-log-policies.ts';
import { checkNetwork } from './preflight/check-network.ts';
import { checkReservations } from './preflight/check-reservations.ts';
import { checkTraces } from './preflight/check-traces.ts';
import { warn, type Finding } from './preflight/finding.ts';
import { optional } from './preflight/optional.ts';
import { readAccount } from './preflight/read-account.ts';
import { readImages } from './preflight/read-images.ts';
import { readLogPolicies } from './preflight/read-log-policies.ts';
import { readNetwork } from './preflight/read-network.ts';
import { readReservations } from './preflight/read-reservations.ts';
import { readTraces } from './preflight/read-traces.ts';
import { renderFindings } from './preflight/report.ts';
import { profileRegion } from './profile-region.ts';

const program = new Command('npm run preflight --')
  .description('Checks an account for what a deployment needs, with the credentials of the environment. Changes nothing.')
  .option('--config <file>', 'configuration of the deployment (default: deployment.json if it exists, else all defaults)')
  .option('--json', 'findings as JSON')
  .addHelpText('after', '\nExit code 1 when something is missing without which a deployment or its jobs fail, 2 when the configuration is not valid.')
  .parse();
const options = program.opts<{ config?: string; json?: boolean }>();

const findings = await preflight(options.config).catch((error: unknown): never =>
  program.error(error instanceof Error ? error.message : String(error), { exitCode: 2 }));
console.log(options.json === true ? JSON.stringify(findings, null, 2) : renderFindings(findings));
process.exitCode = findings.some(({ status }) => status === 'fail') ? 1 : 0;

async function preflight(config: string | undefined): Promise<Finding[]> {
  const configuration = readConfiguration(config, await profileRegion());
  const refusals: Finding[] = [];
  const complain = (action: string, why: string) =>
    refusals.push(warn('not checked', `${action}: ${why}`, `Let the caller do ${action}, or check by hand.`));
  const [account, network, images, reservations, traces, logPolicies] = await Promise.all([
    readAccount(configuration.region, complain),
    optional('ec2:Describe…', complain, () => readNetwork(configuration)),
    optional('ssm:GetParameters, ec2:DescribeImages', complain, () => readImages(configuration)),
    optional('ec2:DescribeCapacityReservations', complain, () => readReservations(configuration)),
    optional('xray:GetTraceSegmentDestination', complain, () => readTraces(configuration)),
    optional('logs:DescribeResourcePolicies, logs:DescribeLogGroups', complain, () => readLogPolicies(configuration)),
  ]);
  return [
    ...checkEndpoints(process.env),
    ...checkAccount(account),
    ...(network === undefined ? [] : checkNetwork(configuration, network)),
    ...(images === undefined ? [] : checkImages(configuration, images)),
    ...(reservations === undefined ? [] : checkReservations(configuration, reservations)),
    ...(traces === undefined ? [] : checkTraces(traces)),
    ...(logPolicies === undefined ? [] : checkLogPolicies(configuration, logPolicies)),
    ...refusals,
  ];
}
