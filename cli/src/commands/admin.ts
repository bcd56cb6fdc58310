import { itemsOf } from '@advanced-orchestrator/sdk';
import type { AuditEntry, Recounted } from '@advanced-orchestrator/sdk';
import type { Command } from 'commander';
import { writeJson } from '../output/json.ts';
import { printable } from '../output/printable.ts';
import { table } from '../output/table.ts';
import { time } from '../output/words.ts';
import type { Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';
import { positive } from './arguments.ts';
import { action, examples, ofWholeDeployment, type AddCommand, type CommandContext } from './command.ts';
import { addScopeOptions, scopeOf, type ScopeOptions } from './pause-scope.ts';

const DEFAULT_LIMIT = 50;
const MAX_PAGE = 100;

/** `orch admin pause|resume|recount|audit` */
export const addAdmin: AddCommand = (program, context) => {
  const admin = program
    .command('admin')
    .summary('hold back what shall wait, and look after the queue')
    .description('For operators. What is done is on record, with who and why.');
  addPause(admin, context);
  addResume(admin, context);
  addRecount(admin, context);
  addAudit(admin, context);
};

type ReasonedScope = ScopeOptions & { readonly reason: string };

function addPause(admin: Command, context: CommandContext): void {
  const pause = admin.command('pause').description('Starts nothing more of what is named, until it is resumed. Jobs that have machines go on.');
  addScopeOptions(pause)
    .requiredOption('--reason <text>', 'why: whoever waits is told')
    .addHelpText('after', examples(
      'orch admin pause --queue --reason "network maintenance until noon"',
      'orch admin pause -n physics --reason "budget is spent"',
      'orch admin pause --market spot --reason "too many interruptions"',
      'orch admin pause --offering p5.48xlarge/us-east-1a/on-demand --reason "reserved for the demo"',
    ))
    .action(action(context, async (session, { reason, ...options }: ReasonedScope) => {
      const { signal, out } = session.terminal;
      const paused = await session.client().pauseQueue({ scope: scopeOf(session, options), reason }, { signal });
      if (session.json) return writeJson(session, paused);
      out(printable(`${paused.scope} is paused: ${paused.reason}`) + '\n');
    }));
}

function addResume(admin: Command, context: CommandContext): void {
  const resume = admin.command('resume').description('Lets what was paused go on.');
  addScopeOptions(resume)
    .requiredOption('--reason <text>', 'why')
    .addHelpText('after', examples('orch admin resume --queue --reason "maintenance is over"', 'orch admin resume -n physics --reason "a new month"'))
    .action(action(context, async (session, { reason, ...options }: ReasonedScope) => {
      const { signal, out } = session.terminal;
      const answer = await session.client().resumeQueue({ scope: scopeOf(session, options), reason }, { signal });
      if (session.json) return writeJson(session, answer);
      out(printable(`${answer.scope} ${answer.resumed ? 'goes on' : 'was not paused'}`) + '\n');
    }));
}

function addRecount(admin: Command, context: CommandContext): void {
  ofWholeDeployment(admin.command('recount'))
    .description('Compares the counters that limits are held to with the jobs themselves, and repairs them if asked to.')
    .option('--repair', 'put right what is wrong')
    .option('--reason <text>', 'why; needed for a repair')
    .addHelpText('after', examples('orch admin recount', 'orch admin recount --repair --reason "restored the table from a backup"'))
    .action(action(context, async (session, { repair = false, reason }: { readonly repair?: boolean; readonly reason?: string }) => {
      if (repair && reason === undefined) throw new UsageError('a repair needs a reason: add --reason TEXT');
      const { terminal, json } = session;
      const counted = await session.client().recountQueue({ repair, ...(reason === undefined ? {} : { reason }) }, { signal: terminal.signal });
      if (json) return writeJson(session, counted);
      showRecount(session, counted);
    }));
}

function showRecount({ terminal, colours }: Session, { drifts, repaired, lanesNotCounted }: Recounted): void {
  if (lanesNotCounted > 0) terminal.err(`${lanesNotCounted} parts of queues were not counted: there was no time for them\n`);
  if (drifts.length === 0) return terminal.out('all counters are right\n');
  const rows = drifts.map((drift) => [drift.namespace, printable(drift.user), printable(drift.amount), drift.counted, drift.actual, drift.repaired ? 'yes' : 'no']);
  terminal.out(table(colours, ['NAMESPACE', 'USER', 'AMOUNT', 'COUNTED', 'ACTUAL', 'REPAIRED'], rows));
  terminal.err(repaired ? 'all has been put right\n' : 'orch admin recount --repair --reason "…" puts right what is wrong\n');
}

function addAudit(admin: Command, context: CommandContext): void {
  ofWholeDeployment(admin.command('audit'))
    .description('Lists what operators did, newest first; with --json also by which principal, with what program and in which request.')
    .option('--limit <number>', 'how many, at most', positive, DEFAULT_LIMIT)
    .addHelpText('after', examples('orch admin audit', "orch admin audit --limit 1000 --json | jq 'select(.by == \"ada\")'"))
    .action(action(context, async (session, { limit }: { readonly limit: number }) => {
      const entries = await firstEntries(session, limit);
      if (session.json) return entries.forEach((entry) => writeJson(session, entry));
      if (entries.length === 0) return session.terminal.err('nothing is on record\n');
      const rows = entries.map(({ at, by, action: what, target, reason, origin }) => [time(at), printable(by), printable(origin?.sourceIp ?? ''), what, printable(target), printable(reason)]);
      session.terminal.out(table(session.colours, ['WHEN', 'BY', 'FROM', 'WHAT', 'TO', 'WHY'], rows));
    }));
}

async function firstEntries(session: Session, limit: number): Promise<readonly AuditEntry[]> {
  const { signal } = session.terminal;
  const pages = itemsOf((cursor) => session.client().listAudit({ limit: Math.min(limit, MAX_PAGE), signal, ...(cursor === undefined ? {} : { cursor }) }));
  const entries: AuditEntry[] = [];
  for await (const entry of pages) {
    entries.push(entry);
    if (entries.length === limit) break;
  }
  return entries;
}
