import { followLogs, itemsOf } from '@advanced-orchestrator/sdk';
import type { LogFilter, LogLine } from '@advanced-orchestrator/sdk';
import { writeJson } from '../output/json.ts';
import { logLineWriter } from '../output/log-line.ts';
import { printableLine } from '../output/printable.ts';
import { jobRef } from '../session.ts';
import { each, names, pattern, positive, timeBefore } from './arguments.ts';
import { action, examples, type AddCommand } from './command.ts';

/** The longest that the service gives. */
const PAGE = 10_000;

interface LogsOptions {
  readonly follow?: true;
  readonly node?: readonly string[];
  readonly step?: readonly string[];
  readonly attempt?: number;
  readonly since?: string;
  readonly grep?: RegExp;
  readonly timestamps?: true;
}

/** `orch logs JOB` */
export const addLogs: AddCommand = (program, context) => {
  program
    .command('logs')
    .summary('show what hooks and the job wrote')
    .description('Shows what hooks and the job wrote on all nodes, oldest first.')
    .argument('<job>', 'JOB or NAMESPACE/JOB')
    .option('-f, --follow', 'go on until the job has ended')
    .option('--node <name>', 'only this node; again, or with commas, for several', names)
    .option('--step <name>', 'only this step; again for several', each)
    .option('--attempt <number>', 'only this attempt', positive)
    .option('--since <time>', 'only lines from this time on: ISO 8601, or how long ago (10m, 2h, 3d)', timeBefore(context.terminal.now))
    .option('--grep <pattern>', 'only lines that match this regular expression', pattern)
    .option('-t, --timestamps', 'show the time of each line')
    .addHelpText('after', examples('orch logs -f physics/01jd8x2z5k3m9q7w4t6v8y0abc', 'orch logs -n physics 01jd8x2z5k3m9q7w4t6v8y0abc --node head-0 --node workers-3 --since 10m --grep "loss|error"'))
    .action(action(context, async (session, job: string, options: LogsOptions) => {
      const { terminal: { out, signal, wait }, colours, json } = session;
      const ref = jobRef(session, job);
      const client = session.client();
      const filter = filterOf(options);
      const lines = options.follow === true
        ? followLogs(client, ref, filter, { signal, wait })
        : itemsOf((cursor) => client.readLogs(ref, filter, { limit: PAGE, signal, ...(cursor === undefined ? {} : { cursor }) }));
      const write = logLineWriter(colours, { timestamps: options.timestamps === true });
      for await (const line of lines) {
        if (!isWanted(line, options)) continue;
        if (json) writeJson(session, line);
        else out(write(line));
      }
    }));
};

/** The service looks for one node and one step; several are told apart here. A pattern is for what is seen. */
function isWanted({ node, step, message }: LogLine, options: LogsOptions): boolean {
  const isNamed = (options.node ?? [node]).includes(node) && (options.step ?? [step]).includes(step);
  return isNamed && (options.grep === undefined || options.grep.test(printableLine(message, false)));
}

function filterOf({ node: nodes = [], step: steps = [], attempt, since }: LogsOptions): LogFilter {
  const [node, ...otherNodes] = nodes;
  const [step, ...otherSteps] = steps;
  return {
    ...(node === undefined || otherNodes.length > 0 ? {} : { node }),
    ...(step === undefined || otherSteps.length > 0 ? {} : { step }),
    ...(attempt === undefined ? {} : { attempt: String(attempt) }),
    ...(since === undefined ? {} : { since }),
  };
}
