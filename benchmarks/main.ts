// What `npm run bench` runs: measurements of what was promised, as a table for people and as JSON for programs.
// Each benchmark loads only what it needs.
import { Command } from 'commander';
import { messageOf } from '../local/command.ts';
import { repositoryRoot } from '../local/paths.ts';
import { show, type Report, type ReportOptions } from './report.ts';

async function footprint(): Promise<Report> {
  const { startMiniStack } = await import('../test/contract/ministack.ts');
  const { footprintOf, renderFootprint } = await import('./footprint/footprint.ts');
  const { runReferenceJob } = await import('./footprint/reference-job.ts');
  const cloud = await startMiniStack();
  try {
    const result = footprintOf(await runReferenceJob(cloud.endpoint));
    return { text: renderFootprint(result), result, withinBudget: result.exceeded.length === 0 };
  } finally {
    await cloud.stop();
  }
}

async function bundles(): Promise<Report> {
  const { measureBundles, renderBundles } = await import('./bundles.ts');
  const result = await measureBundles(repositoryRoot);
  return { text: renderBundles(result), result, withinBudget: result.every(({ withinBudget }) => withinBudget) };
}

const program = new Command('npm run bench --').description('Measure what the design promises.');

/** Adds a benchmark. What it has to say while it runs belongs on standard error. Options of its own are added to the answer. */
function benchmark<Options extends object>(name: string, description: string, run: (options: Options) => Promise<Report>): Command {
  return program.command(name).description(description)
    .option('--json [file]', 'write the result as JSON there; without a file to standard output, and all else to standard error')
    .option('--budget', 'end with exit code 1 when a budget is exceeded')
    .action(async (options: Options & ReportOptions) => show(await run(options), options));
}

benchmark('footprint', 'what a job of 65 nodes costs: capacity units, state transitions, invocations, USD', footprint);
benchmark('bundles', 'size and initialisation time of every function', bundles);

await program.parseAsync().catch((error: unknown) => {
  console.error(`bench: ${messageOf(error)}`);
  process.exitCode = 1;
});
