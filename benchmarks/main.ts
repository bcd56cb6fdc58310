// What `npm run bench` runs: measurements of what was promised, as a table for people and as JSON for programs.
import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { messageOf } from '../local/command.ts';
import { repositoryRoot } from '../local/paths.ts';
import { startMiniStack } from '../test/contract/ministack.ts';
import { measureBundles, renderBundles } from './bundles.ts';
import { footprintOf, renderFootprint } from './footprint/footprint.ts';
import { runReferenceJob } from './footprint/reference-job.ts';

interface Options {
  readonly json?: string;
  readonly budget?: true;
}

/** Shows a result, keeps it where asked to, and says by the exit code whether it is within the budget. */
function report(text: string, result: object, within: boolean, { json, budget }: Options): void {
  console.log(text);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(result, null, 2)}\n`);
  if (budget === true && !within) process.exitCode = 1;
}

async function footprint(options: Options): Promise<void> {
  const cloud = await startMiniStack();
  try {
    const result = footprintOf(await runReferenceJob(cloud.endpoint));
    report(renderFootprint(result), result, result.exceeded.length === 0, options);
  } finally {
    await cloud.stop();
  }
}

async function bundles(options: Options): Promise<void> {
  const result = await measureBundles(repositoryRoot);
  report(renderBundles(result), result, result.every(({ withinBudget }) => withinBudget), options);
}

const program = new Command('npm run bench --').description('Measure what the design promises.');
const benchmark = (name: string, description: string, run: (options: Options) => Promise<void>): void => {
  program.command(name).description(description)
    .option('--json <file>', 'write the result there too')
    .option('--budget', 'end with exit code 1 when a budget is exceeded')
    .action(run);
};
benchmark('footprint', 'what a job of 65 nodes costs: capacity units, state transitions, invocations, USD', footprint);
benchmark('bundles', 'size and initialisation time of every function', bundles);

await program.parseAsync().catch((error: unknown) => {
  console.error(`bench: ${messageOf(error)}`);
  process.exitCode = 1;
});
