import { InvalidArgumentError, Option } from 'commander';
import { costReport, type CostKey } from '../cost/cost-report.ts';
import { readCosts, type CostQuery } from '../cost/read-costs.ts';
import { costCsv, costTable } from '../output/cost.ts';
import { writeJson } from '../output/json.ts';
import { count, time } from '../output/words.ts';
import { namespaceOf, type Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';
import { names, timeBefore } from './arguments.ts';
import { action, examples, type AddCommand } from './command.ts';

const kinds = ['namespace', 'user', 'manifest', 'market'] as const;
const DEFAULT_SINCE = '30d';
/** As many waiting jobs as a look at the shares needs. */
const NO_JOBS = 0;

interface CostOptions {
  readonly by: CostKey;
  readonly since?: string;
  readonly until?: string;
  readonly namespaces?: readonly string[];
  readonly all?: boolean;
  readonly csv?: boolean;
}

/** `orch cost` */
export const addCost: AddCommand = (program, context) => {
  program
    .command('cost')
    .summary('add up what jobs cost, by label, user, namespace, manifest or market')
    .description('Adds up what the machines of jobs cost at list price, and what Spot saved. A job counts with all that it cost, at the time of its submission.')
    .addOption(new Option('--by <what>', `${kinds.join(', ')}, or label:NAME`).argParser(costKey).default(costKey('user'), 'user'))
    .addOption(new Option('--since <time>', 'jobs that were submitted from then on: ISO 8601, or how long ago (12h, 30d)').argParser(timeBefore(context.terminal.now)).default(undefined, DEFAULT_SINCE))
    .option('--until <time>', 'jobs that were submitted before', timeBefore(context.terminal.now))
    .option('--namespaces <names>', 'of several namespaces', names)
    .option('--all', 'of all namespaces that the queue knows')
    .option('--csv', 'a table for spreadsheets')
    .addHelpText('after', examples(
      'orch cost -n physics --by label:cost-center --since 30d',
      'orch cost --all --by namespace --since 2030-01-01T00:00:00Z --until 2030-02-01T00:00:00Z',
      'orch cost -n physics --by market --csv > costs.csv',
    ))
    .action(action(context, async (session, options: CostOptions) => showCosts(session, options)));
};

async function showCosts(session: Session, { by, csv = false, until, ...options }: CostOptions): Promise<void> {
  const { terminal, colours, json } = session;
  if (csv && json) throw new UsageError('--csv and --json are two forms of the same: take one');
  const { since = timeBefore(terminal.now)(DEFAULT_SINCE) } = options;
  const query: CostQuery = { namespaces: await namespacesOf(session, options), since, ...(until === undefined ? {} : { until }) };
  const progress = terminal.startProgress('reading jobs');
  const { jobs, rehearsals } = await readCosts(session.client(), query, terminal.signal, (read) => progress.update(`${count(read, 'job')} read`)).finally(() => progress.stop());
  const report = costReport(jobs, by);
  const heading = by.kind === 'label' ? by.label : by.kind;
  if (json) return writeJson(session, { by: by.kind === 'label' ? `label:${by.label}` : by.kind, ...query, ...report, rehearsals });
  terminal.out(csv ? costCsv(report, heading) : costTable(colours, report, heading));
  terminal.err(`List price of machines of jobs submitted since ${time(since)}${until === undefined ? '' : ` and before ${time(until)}`}: no volumes, traffic, discounts or taxes.\n`);
  if (rehearsals > 0) terminal.err(`${count(rehearsals, 'rehearsal')} left out: they cost nothing\n`);
}

async function namespacesOf(session: Session, { namespaces = [], all = false }: Pick<CostOptions, 'namespaces' | 'all'>): Promise<readonly string[]> {
  if (!all) return namespaces.length === 0 ? [namespaceOf(session)] : [...new Set(namespaces)];
  const { shares, hasMoreShares } = await session.client().getQueue({ limit: NO_JOBS, signal: session.terminal.signal });
  if (hasMoreShares) session.terminal.err('There are more shares than the queue shows: name namespaces that are missing with --namespaces.\n');
  const known = shares.flatMap(({ kind, name }) => (kind === 'namespace' && name !== undefined ? [name] : []));
  return [...new Set([...namespaces, ...known])];
}

function costKey(text: string): CostKey {
  const label = /^label:(.+)$/.exec(text)?.[1];
  if (label !== undefined) return { kind: 'label', label };
  const kind = kinds.find((name) => name === text);
  if (kind === undefined) throw new InvalidArgumentError(`It must be ${kinds.join(', ')}, or label:NAME.`);
  return { kind };
}
