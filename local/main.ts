import { readFileSync, existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { bringUp } from './cloud.ts';
import { messageOf } from './command.ts';
import { faultKinds } from './fleet/faults.ts';
import { partsOfMarket } from './fleet/market/scenario.ts';
import { fleetControl, type FleetControl } from './fleet-control.ts';
import { isolationWarning } from './isolation.ts';
import { repositoryRoot } from './paths.ts';
import { isRunning, logTail } from './processes.ts';
import { readRecord, type CloudRecord } from './record.ts';
import { stopServers } from './servers.ts';
import { missingForSlurm } from './slurm/programs.ts';
import { endpointOf, fleetUrlOf } from './services.ts';

const defaultConfig = join('local', 'deployment.json');

interface UpOptions {
  readonly port?: number;
  readonly scenario?: string;
  readonly speed?: number;
  readonly hosts?: string;
  readonly hostRoot?: string;
  readonly slurmRoot?: string[];
  readonly config?: string;
  readonly deploy: boolean;
}

const program = new Command('npm run local --')
  .description('The cloud on a laptop: MiniStack with IAM enforced, a simulated EC2 fleet that runs real processes, '
    + 'and the stack deployed into it, unmodified.')
  .option('--dir <folder>', 'where the cloud keeps what it writes; one cloud per folder', '.local')
  .addHelpText('after', `
Examples:
  npm run local -- up                               start it, deploy, write .local/env
  source .local/env                                 then orch, aws, curl and any SDK talk to it
  npm run local -- up --port 0 --dir /tmp/second    a second cloud beside the first
  npm run local -- market '{"capacity": [{"type": "m6i.large", "zone": "us-east-1a", "market": "spot", "capacity": 0}]}'
  npm run local -- faults '{"kind": "throttle", "action": "CreateFleet", "count": 3}'
  npm run local -- interrupt --job 01J8Z3… --count 1
  npm run local -- down                             end it, instances included`);

program.command('up')
  .description('start what does not run, deploy what changed')
  .option('--port <port>', 'port of the endpoint; 0 takes any free one (default: 4566 if free, else any)', integer)
  .option('--scenario <file>', 'the market at the start: capacity per offering, quotas, prices, boot times')
  .option('--speed <factor>', 'how many times faster than the wall the fleet\'s time runs', positive)
  .addOption(new Option('--hosts <kind>', 'what instances are: processes, or namespaces with a network of their own (Linux, tini)')
    .choices(['processes', 'namespaces']))
  .option('--host-root <folder>', 'with namespaces: the root that theirs are laid over (default: the machine\'s)')
  .option('--slurm-root <folders...>', 'with namespaces: further roots, each with another release of Slurm')
  .option('--config <file>', `configuration of the deployment (default: ${defaultConfig} if it exists)`)
  .option('--no-deploy', 'start the servers only')
  .action(up);

program.command('down')
  .description('end the servers and every instance, and remove what they wrote')
  .action(async () => {
    const found = await stopServers(directory());
    console.log(found ? 'The local cloud is down.' : `No local cloud runs in ${shown(directory())}.`);
  });

program.command('status')
  .description('say what runs where; exit code 3 when nothing does')
  .option('--json', 'for programs')
  .action(({ json }: { json?: true }) => status(json === true));

program.command('logs')
  .description('show the end of a server\'s log')
  .argument('[server]', 'ministack, fleet or collector', 'ministack')
  .option('--lines <count>', 'how many lines', integer, 50)
  .action((server: string, { lines }: { lines: number }) => {
    const process = runningCloud().processes.find(({ name }) => name === server);
    if (process === undefined) throw new Error(`No server is named ${server}: there are ministack, fleet and, where it has one, collector.`);
    console.log(logTail(process, lines));
  });

program.command('market')
  .description('show the market, or merge a change into it')
  .argument('[change]', 'JSON, or a file with JSON')
  .addHelpText('after', `
A change has some of these parts: ${partsOfMarket.join(', ')}. What is in each: local/fleet/README.md, The market.
  npm run local -- market '{"capacity": [{"type": "c6i.*", "market": "spot", "capacity": 0}]}'`)
  .action(async (change?: string) => show(await (change === undefined
    ? control().market()
    : control().changeMarket(jsonArgument(change)))));

program.command('faults')
  .description('make the fleet fail on purpose')
  .argument('[fault]', 'JSON, or a file with JSON')
  .addHelpText('after', `
Kinds: ${faultKinds.join(', ')}. What each does and takes: local/fleet/README.md, Control.
  npm run local -- faults '{"kind": "slowBoot", "seconds": 120, "count": 3}'`)
  .option('--clear', 'take all faults back')
  .action(async (fault: string | undefined, { clear }: { clear?: true }) => {
    if (fault === undefined && clear !== true) throw new Error('Name a fault as JSON, or --clear.');
    if (clear === true) show(await control().clearFaults());
    if (fault !== undefined) show(await control().addFault(jsonArgument(fault)));
  });

program.command('interrupt')
  .description('interrupt Spot instances with the two-minute notice')
  .option('--instance <id>', 'this instance')
  .option('--job <id>', 'instances of this job')
  .option('--count <count>', 'how many of them', integer)
  .action(async ({ instance, job, count }: { instance?: string; job?: string; count?: number }) => {
    if (instance === undefined && job === undefined) throw new Error('Name --instance or --job.');
    show(await control().interrupt({
      ...(instance === undefined ? {} : { instanceId: instance }),
      ...(job === undefined ? {} : { jobId: job }),
      ...(count === undefined ? {} : { count }),
    }));
  });

async function up(options: UpOptions): Promise<void> {
  const warning = isolationWarning(process.platform);
  if (warning !== undefined) console.warn(warning);
  if (isUp() && (options.port ?? options.scenario ?? options.speed ?? options.hosts ?? options.hostRoot ?? options.slurmRoot) !== undefined) {
    throw new Error('The local cloud runs already; --port, --scenario, --speed, --hosts and roots count when it starts. Way out: down first.');
  }
  const config = options.config
    ?? (existsSync(join(repositoryRoot, defaultConfig)) ? defaultConfig : undefined);
  const record = await bringUp({
    dir: directory(),
    log: (line) => console.log(line),
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.scenario === undefined ? {} : { scenario: resolve(options.scenario) }),
    ...(options.speed === undefined ? {} : { speed: options.speed }),
    ...(options.hosts === undefined ? {} : { hosts: options.hosts }),
    ...(options.hostRoot === undefined ? {} : { hostRoot: resolve(options.hostRoot) }),
    ...(options.slurmRoot === undefined ? {} : { slurmRoots: options.slurmRoot.map((folder) => resolve(folder)) }),
    ...(config === undefined ? {} : { config }),
    ...(options.deploy ? {} : { app: false }),
  });
  console.log(`\nendpoint  ${endpointOf(record.site)}\nfleet     ${fleetUrlOf(record.site)}`);
  if (options.hosts === 'namespaces') console.log(slurmLine(record.slurm ?? []));
  console.log(`\nNext: source ${shown(join(directory(), 'env'))}`);
}

async function status(json: boolean): Promise<void> {
  const record = readRecord(directory());
  const servers = (record?.processes ?? []).map((process) => ({ ...process, running: isRunning(process) }));
  if (json) {
    show({ servers, ...(record && { endpoint: endpointOf(record.site), fleetUrl: fleetUrlOf(record.site) }) });
  } else if (record === undefined) {
    console.log(`No local cloud runs in ${shown(directory())}.`);
  } else {
    for (const { name, pid, running, logFile } of servers) {
      console.log(`${name.padEnd(10)} ${running ? `runs as ${pid}` : 'ended'}, log ${shown(logFile)}`);
    }
    console.log(`endpoint   ${endpointOf(record.site)}`);
    for (const [name, value] of Object.entries(record.outputs)) console.log(`${name.padEnd(10)} ${value}`);
  }
  if (!servers.some(({ running }) => running)) process.exitCode = 3;
}

/** Which releases of Slurm jobs can have, or what is missing for that. */
function slurmLine(releases: readonly string[]): string {
  return releases.length > 0 ? `Slurm     ${releases.join(', ')}` : `Slurm     none. ${missingForSlurm().join(' ')}`;
}

/** A path as a person types it here. */
function shown(path: string): string {
  const fromHere = relative('', path);
  return fromHere.startsWith('..') ? path : fromHere || '.';
}

function directory(): string {
  return resolve(program.opts<{ dir: string }>().dir);
}

function isUp(): boolean {
  return readRecord(directory())?.processes.every(isRunning) ?? false;
}

function runningCloud(): CloudRecord {
  const record = readRecord(directory());
  if (record === undefined) throw new Error('No local cloud runs here. Way out: npm run local -- up');
  return record;
}

function control(): FleetControl {
  return fleetControl(fleetUrlOf(runningCloud().site));
}

function jsonArgument(text: string): unknown {
  const json = /^\s*[{[]/.test(text) ? text : readFileSync(text, 'utf8');
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new Error(`Not JSON: ${messageOf(error)}`, { cause: error });
  }
}

function show(value: unknown): void {
  if (value !== undefined) console.log(JSON.stringify(value, undefined, 2));
}

function integer(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('a whole number is expected.');
  return Number(text);
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('a number above 0 is expected.');
  return value;
}

try {
  await program.parseAsync();
} catch (error) {
  console.error(`local: ${messageOf(error)}`);
  process.exitCode = 1;
}
