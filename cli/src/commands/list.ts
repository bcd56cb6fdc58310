import { itemsOf, jobStates, outcomes } from '@advanced-orchestrator/sdk';
import type { Job, JobFilter } from '@advanced-orchestrator/sdk';
import { jobTable } from '../output/job.ts';
import { writeJson } from '../output/json.ts';
import { namespaceOf } from '../session.ts';
import { label, oneOf, positive } from './arguments.ts';
import { action, examples, type AddCommand } from './command.ts';

const DEFAULT_LIMIT = 50;
const MAX_PAGE = 100;

type ListOptions = JobFilter & { readonly limit: number };

/** `orch list` */
export const addList: AddCommand = (program, context) => {
  program
    .command('list')
    .summary('list jobs, newest first')
    .description('Lists the jobs of a namespace, newest first.')
    .option('--state <state>', `only jobs in this state: ${jobStates.join(', ')}`, oneOf(jobStates))
    .option('--outcome <outcome>', `only jobs with this outcome: ${outcomes.join(', ')}`, oneOf(outcomes))
    .option('--user <user>', 'only this user’s jobs')
    .option('--label <key=value>', 'only jobs with this label', label)
    .option('--limit <number>', 'how many, at most', positive, DEFAULT_LIMIT)
    .addHelpText('after', examples('orch list -n physics', 'orch list -n physics --state RUNNING --user ada', 'orch list -n physics --outcome FAILED', 'orch list -n physics --label project=folding --limit 1000 --json'))
    .action(action(context, async (session, { limit, ...filter }: ListOptions) => {
      const { terminal, colours, json } = session;
      const namespace = namespaceOf(session);
      const pageSize = Math.min(MAX_PAGE, limit);
      const pages = itemsOf((cursor) => session.client().listJobs(namespace, filter, {
        limit: pageSize, signal: terminal.signal, ...(cursor === undefined ? {} : { cursor }),
      }));
      const jobs: Job[] = [];
      let areMore = false;
      for await (const job of pages) {
        areMore = jobs.length === limit;
        if (areMore) break;
        if (json) writeJson(session, job);
        jobs.push(job);
      }
      if (json) return;
      if (jobs.length > 0) terminal.out(jobTable(colours, jobs, terminal.now()));
      if (jobs.length === 0) terminal.err(`no such jobs in ${namespace}\n`);
      if (areMore) terminal.err(`the newest ${limit}; --limit shows more\n`);
    }));
};
