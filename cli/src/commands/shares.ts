import type { AppliedShares, Shares } from '@advanced-orchestrator/sdk';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { readDocument, sending } from '../document.ts';
import { writeJson } from '../output/json.ts';
import { printable } from '../output/printable.ts';
import { warningLines } from '../output/problems.ts';
import { changeLines } from '../output/share-changes.ts';
import { time } from '../output/words.ts';
import type { Session } from '../session.ts';
import { versionNumber } from './arguments.ts';
import { action, examples, ofWholeDeployment, type AddCommand, type CommandContext } from './command.ts';

interface ApplyOptions {
  readonly comment?: string;
  readonly dryRun?: boolean;
  readonly ifVersion?: number;
}

/** `orch shares get|apply|diff` */
export const addShares: AddCommand = (program, context) => {
  const shares = ofWholeDeployment(program.command('shares'))
    .summary('say who shares what')
    .description('Shares say who is entitled to what: weights, limits, guarantees, quotas. They are kept in versions.');
  addGet(shares, context);
  addApply(shares, context);
  shares
    .command('diff')
    .description('Shows what a share document would change. Nothing is applied.')
    .argument('<file>', 'share document, YAML or JSON; - reads standard input')
    .addHelpText('after', examples('orch shares diff shares.yaml', 'orch shares get 6 | orch shares diff -'))
    .action(action(context, async (session, file: string, _options: object) => apply(session, file, { dryRun: true })));
};

function addGet(shares: Command, context: CommandContext): void {
  shares
    .command('get')
    .description('Prints the shares in force as YAML; it may be applied as it is.')
    .argument('[version]', 'a version instead; 0 is what a deployment has before any is applied', versionNumber)
    .addHelpText('after', examples('orch shares get > shares.yaml', 'orch shares get 6'))
    .action(action(context, async (session, version: number | undefined, _options: object) => {
      const { signal, out } = session.terminal;
      const found = await session.client().getShares({ signal, ...(version === undefined ? {} : { version }) });
      if (session.json) return writeJson(session, found);
      out(headingOf(found) + stringify(found.document));
    }));
}

function addApply(shares: Command, context: CommandContext): void {
  shares
    .command('apply')
    .description('Puts a share document in force, as a whole, and shows what it changes. Jobs that run go on.')
    .argument('<file>', 'share document, YAML or JSON; - reads standard input')
    .option('--comment <text>', 'why, for the audit')
    .option('--dry-run', 'only show what would change')
    .option('--if-version <number>', 'only if this version is in force still', versionNumber)
    .addHelpText('after', examples('orch shares apply shares.yaml --comment "lattice takes part in the trial"', 'orch shares apply shares.yaml --if-version 6'))
    .action(action(context, apply));
}

async function apply(session: Session, file: string, options: ApplyOptions): Promise<void> {
  const { terminal, colours, json } = session;
  const document = await readDocument(terminal, file);
  const applied = await sending(document, () => session.client().putShares(document, { ...options, signal: terminal.signal }));
  if (json) return writeJson(session, applied);
  terminal.err(warningLines(document.file, applied.warnings));
  terminal.out(changeLines(colours, applied.changes) + verdict(applied));
}

function verdict({ dryRun, version, changes }: AppliedShares): string {
  if (changes.length === 0) return `nothing changes: version ${version} is in force\n`;
  return dryRun ? `nothing was applied: version ${version} is in force\n` : `version ${version} is in force\n`;
}

/** A comment in YAML, so that what is printed is a document still. */
function headingOf({ version, appliedAt, appliedBy, comment }: Shares): string {
  if (appliedAt === undefined || appliedBy === undefined) return `# version ${version}: nobody has applied shares\n`;
  return `# ${printable(`version ${version}, applied by ${appliedBy} at ${time(appliedAt)}${comment === undefined ? '' : `: ${comment}`}`)}\n`;
}
