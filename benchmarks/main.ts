// What `npm run bench` runs: measurements of what was promised, as a table for people and as JSON for programs.
// Each benchmark loads only what it needs.
import { Command, Option } from 'commander';
import { messageOf } from '../local/command.ts';
import { repositoryRoot } from '../local/paths.ts';
import type { CapacityOptions } from './capacity/documents.ts';
import type { StormOptions } from './ice-storm/ice-storm.ts';
import { atLeast, fraction, list, numbers } from './option-values.ts';
import type { ReferenceRuntime } from './footprint/reference-job.ts';
import type { QueueStoreOptions } from './queue-store/queue-store.ts';
import type { ReplayOptions } from './replay/replay.ts';
import { syntheticLoads } from './replay/synthetic.ts';
import { show, type Report, type ReportOptions } from './report.ts';
import type { SchedulerOptions } from './scheduler/scheduler.ts';

async function footprint({ runtime }: { readonly runtime: ReferenceRuntime }): Promise<Report> {
  const { startMiniStack } = await import('../test/contract/ministack.ts');
  const { footprintOf, renderFootprint } = await import('./footprint/footprint.ts');
  const { runReferenceJob } = await import('./footprint/reference-job.ts');
  const cloud = await startMiniStack();
  try {
    const result = footprintOf(await runReferenceJob(cloud.endpoint, runtime));
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

async function capacity(options: CapacityOptions): Promise<Report> {
  const { measureCapacity } = await import('./capacity/capacity.ts');
  return measureCapacity(options);
}

async function iceStorm(options: StormOptions): Promise<Report> {
  const { measureIceStorm } = await import('./ice-storm/ice-storm.ts');
  return measureIceStorm(options);
}

async function scheduler(options: SchedulerOptions): Promise<Report> {
  const { measureScheduler } = await import('./scheduler/scheduler.ts');
  return measureScheduler(options);
}

async function queueStore(options: QueueStoreOptions): Promise<Report> {
  const { measureQueueStore } = await import('./queue-store/queue-store.ts');
  return measureQueueStore(options);
}

async function replay(options: ReplayOptions): Promise<Report> {
  const { replayLoad } = await import('./replay/replay.ts');
  return replayLoad(options);
}

const program = new Command('npm run bench --').description('Measure what the design promises.')
  .addHelpText('after', '\nThe commands of the published numbers, their data and where that comes from: docs/benchmarks.md');

/** Adds a benchmark. What it has to say while it runs belongs on standard error. Options of its own are added to the answer. */
function benchmark(name: string, description: string): Command {
  return program.command(name).description(description)
    .option('--json [file]', 'write the result as JSON there; without a file to standard output, and all else to standard error')
    .option('--budget', 'end with exit code 1 when a budget is exceeded');
}

/** Runs a benchmark and shows what it answers. */
const reporting = <Options>(run: (options: Options) => Promise<Report>) => async (options: Options & ReportOptions): Promise<void> => show(await run(options), options);

benchmark('footprint', 'what a job of 65 nodes costs: capacity units, state transitions, invocations, USD').action(reporting(footprint))
  .addOption(new Option('--runtime <runtime>', 'what makes a cluster of the nodes; the budget is that of a job without').choices(['None', 'Slurm']).default('None'));
benchmark('scheduler', 'starts per second and the time of a cycle that starts nothing, to a million waiting jobs').action(reporting(scheduler))
  .option('--waiting <most>', 'leave out more waiting jobs than these');
benchmark('queue-store', 'capacity units and calls of a scheduling cycle, to a million jobs in the table, and of a job from begin to end').action(reporting(queueStore))
  .option('--depth <jobs>', 'the deepest queue', atLeast(1, 'whole'), 1_000_000);
benchmark('bundles', 'size and initialisation time of every function').action(reporting(bundles));
benchmark('capacity', 'launchers side by side over a trace of measured capacity: time to a whole gang, launch calls').action(reporting(capacity))
  .requiredOption('--trace <file>', 'CSV: time, then a column for each zone with 0 and 1 or with counts of machines')
  .option('--zones <names>', 'zones that may be used, by commas; without it all of the trace', list)
  .option('--nodes <count>', 'machines of a job', atLeast(1, 'whole'), 1)
  .addOption(new Option('--spread <how>', 'may a gang stand in several zones').choices(['Single', 'Prefer', 'Any']).default('Prefer'))
  .option('--from <fraction>', 'of the measurements', fraction, 0)
  .option('--to <fraction>', 'of the measurements', fraction, 1)
  .option('--every <minutes>', 'between two jobs', atLeast(1), 60)
  .option('--hours <hours>', 'how long a job holds its gang', atLeast(0), 0.5)
  .option('--plot <file>', 'draw the waits and the calls there, as SVG');
benchmark('ice-storm', 'many jobs want one offering that has nothing, others do not: who waits, calls to it, and how soon all start when it is back').action(reporting(iceStorm))
  .option('--dead <jobs>', 'how many want the dead offering', atLeast(1, 'whole'), 200)
  .option('--others <jobs>', 'how many want others', atLeast(1, 'whole'), 50)
  .option('--back <minutes>', 'after how long it has machines again; by commas', numbers, [5, 15.5, 31, 62]);
benchmark('replay', 'policies side by side over a log or a load in simulated time: waits, utilisation, share error').action(reporting(replay))
  .option('--swf <file>', 'a log in the Standard Workload Format, plain or gzipped')
  .option('--size <units>', 'how large the machine is, in place of what the log says', atLeast(1, 'whole'))
  .addOption(new Option('--unit <unit>', 'what the size counts: with nodes, jobs take whole ones').choices(['cores', 'nodes']).default('cores'))
  .option('--kueue <file>', 'a generator file of Kueue’s scheduler performance test')
  .addOption(new Option('--synthetic <name>', 'a load that is made; mixed, if nothing else is named').choices(Object.keys(syntheticLoads)))
  .option('--seed <number>', 'of the load that is made', atLeast(0, 'whole'), 1)
  .option('--from <fraction>', 'of the jobs', fraction, 0)
  .option('--to <fraction>', 'of the jobs', fraction, 1)
  .option('--policies <names>', 'by commas; without it all', list)
  .option('--plot <file>', 'draw the waits and the share errors there, as SVG');

await program.parseAsync().catch((error: unknown) => {
  console.error(`bench: ${messageOf(error)}`);
  process.exitCode = 1;
});
