/** `npm run drill`: brings about every kind of failure on a local cloud of its own, and looks at what is said of each. */
import { join } from 'node:path';
import { Command } from 'commander';
import { onDemoCloud } from '../demo-cloud.ts';
import { heading, say } from '../demo-job.ts';
import { failures } from './catalogue.ts';
import { DrillCloud } from './cloud.ts';
import { drill, isAllRight, type Drilled } from './drill.ts';
import type { Failures } from './failure.ts';
import { complaints, verdictTable } from './table.ts';
import { isRight, type Verdict } from './verdict.ts';

/** Short intervals: what is waited for is over sooner than anybody is tired. */
const config = join('local', 'drill', 'deployment.json');

interface Options {
  readonly only?: readonly string[];
  readonly json: boolean;
}

const program = new Command('npm run drill --')
  .description('Brings about failures of every kind in a local cloud of its own, all at once, and looks at what is said of each: '
    + 'the cause and the evidence (orch why), the span that is marked as failed (orch trace), the alarm that rings. The exit code is 1 if one is not told right.')
  .option('--only <names...>', 'only these failures')
  .option('--list', 'say which failures there are, and end')
  .option('--json', 'what was found, for programs', false)
  .addHelpText('after', `
Examples:
  npm run drill
  npm run drill -- --list
  npm run drill -- --only "disk full" "Spot interruption"
  npm run drill -- --json > drill.json`)
  .action(async ({ list, ...options }: Options & { readonly list?: true }) => {
    if (list === true) Object.keys(failures).forEach((name) => say(name));
    else await run(options);
  });

function chosen(only: readonly string[] | undefined): Failures {
  const unknown = only?.filter((name) => !(name in failures)) ?? [];
  if (unknown.length > 0) throw new Error(`No failure is named ${unknown.map((name) => `"${name}"`).join(', ')}. Way out: npm run drill -- --list`);
  return Object.fromEntries(Object.entries(failures).filter(([name]) => only?.includes(name) ?? true));
}

async function run({ only, json }: Options): Promise<void> {
  const wanted = chosen(only);
  // Programs read what is written to stdout; what a person is told meanwhile goes elsewhere.
  if (json) console.log = console.error;
  await onDemoCloud('npm run drill', { config, speed: 20 }, async (cloud) => {
    heading(`The drill: ${Object.keys(wanted).length} failures`);
    const drilled = await drill(new DrillCloud(cloud), wanted, { told: tell });
    report(drilled, json);
    return isAllRight(drilled);
  });
}

const tell = (verdict: Verdict): void => say(`  ${isRight(verdict) ? '✓' : '✗'} ${verdict.name}: ${verdict.cause.found.slice(0, 100)} (${verdict.seconds.toFixed(0)} s)`);

function report({ verdicts, falseAlarms }: Drilled, json: boolean): void {
  if (json) process.stdout.write(`${JSON.stringify({ verdicts, falseAlarms }, undefined, 2)}\n`);
  say(`\n${verdictTable(verdicts)}`);
  for (const complaint of complaints(verdicts)) say(`\n✗ ${complaint}`);
  for (const alarm of falseAlarms) say(`\n✗ ${alarm} rang, and nothing that was done accounts for it`);
  say(`\n${verdicts.filter(isRight).length} of ${verdicts.length} failures are told right`);
}

try {
  await program.parseAsync();
} catch (error) {
  console.error(`drill: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
