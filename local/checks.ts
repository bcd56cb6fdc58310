// What `npm test` and `npm run check` run: every check in order, to the end even if one fails, and an honest exit code.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Command } from 'commander';
import { prepareSlurm } from './check-slurm.ts';
import { messageOf } from './command.ts';
import { besideEachOther, limitMsOf, planSteps, stepResult, summarize, type JestReport, type Step, type StepResult } from './check-plan.ts';
import { runToEnd } from './check-step.ts';
import { repositoryRoot } from './paths.ts';
import { stopServers } from './servers.ts';
import { testClouds } from './test-clouds.ts';

const reportFolder = join(repositoryRoot, '.local', 'checks');

let interrupted = false;

async function main(quick: boolean, only: readonly string[] | undefined): Promise<void> {
  const plan = planSteps(quick, reportFolder);
  const unknown = only?.filter((name) => !plan.some((step) => step.name === name)) ?? [];
  if (unknown.length > 0) {
    throw new Error(`No step is named ${unknown.join(', ')}. There are: ${plan.map(({ name }) => name).join(', ')}.`);
  }
  rmSync(reportFolder, { recursive: true, force: true });
  mkdirSync(reportFolder, { recursive: true });

  const results: StepResult[] = [sharedFolderResult()].filter((result) => result !== undefined);
  const steps = plan.filter(({ name }) => only?.includes(name) ?? true);
  const slurm = steps.some(({ usesSlurm }) => usesSlurm) ? await prepareSlurm() : undefined;
  if (slurm !== undefined) results.push(slurm.result);
  const firstWithSlurm = steps.find(({ usesSlurm }) => usesSlurm);
  for (const together of besideEachOther(steps)) {
    if (slurm !== undefined && firstWithSlurm !== undefined && together.includes(firstWithSlurm)) results.push(await slurm.secondRelease());
    results.push(...(await Promise.all(together.map(runStep))));
    if (interrupted) break;
  }
  results.push(...await stopLeftoverClouds());
  console.log(summarize(results, slurm?.missing));
  if (interrupted) process.exitCode = 130;
  else if (results.some(({ succeeded }) => !succeeded)) process.exitCode = 1;
}

async function runStep(step: Step): Promise<StepResult> {
  console.log(`\n── ${step.name}`);
  const began = performance.now();
  const limitMs = limitMsOf(step, performance.now());
  if (limitMs === 0) console.error(`checks: no time is left for ${step.name}`);
  const ended = limitMs === 0 ? { succeeded: false, interrupted: false } : await runToEnd(step, limitMs);
  interrupted ||= ended.interrupted;
  const seconds = (performance.now() - began) / 1000;
  const report = step.report === undefined ? undefined : readReport(step.report);
  return stepResult(step.name, ended.succeeded && (step.report === undefined || report !== undefined), seconds, report);
}

function readReport(file: string): JestReport | undefined {
  if (!existsSync(file)) return undefined;
  const report: JestReport = JSON.parse(readFileSync(file, 'utf8'));
  const testResults = report.testResults?.map((result) => ({ ...result, name: relative(repositoryRoot, result.name) }));
  return { ...report, ...(testResults && { testResults }) };
}

/** The users' own files stand beside the checkout; some tests read them from there. */
function sharedFolderResult(): StepResult | undefined {
  if (existsSync(join(repositoryRoot, '..', 'shared'))) return undefined;
  console.warn('WARNING: ../shared is missing, so what the users\' own files prove is not tested.');
  return process.env['CI'] === undefined ? undefined : stepResult('shared files', false, 0, undefined);
}

/** A test run that was ended by force leaves its clouds running. One that does not end is a failure, and no reason to leave the others. */
async function stopLeftoverClouds(): Promise<readonly StepResult[]> {
  const failures: StepResult[] = [];
  for (const name of existsSync(testClouds) ? readdirSync(testClouds) : []) {
    try {
      await stopServers(join(testClouds, name));
    } catch (error) {
      console.error(`checks: the cloud in ${join(testClouds, name)} does not end: ${messageOf(error)}`);
      failures.push(stepResult(`cloud ${name}`, false, 0, undefined));
    }
  }
  return failures;
}

await new Command('npm test --')
  .description('Run the checks and tests.')
  .option('--quick', 'without the tests that need the local cloud')
  .option('--only <steps...>', 'only these steps, such as: types unit')
  .action(({ quick, only }: { quick?: true; only?: string[] }) => main(quick === true, only))
  .parseAsync()
  .catch((error: unknown) => {
    console.error(`checks: ${messageOf(error)}`);
    process.exitCode = 1;
  });
