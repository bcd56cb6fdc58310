import { writeJson } from '../output/json.ts';
import { queueText } from '../output/queue.ts';
import { queueOfNamespace, wholeQueue, type ShownQueue } from '../queue-of-namespace.ts';
import type { Session } from '../session.ts';
import { positive, upTo } from './arguments.ts';
import { action, examples, type AddCommand } from './command.ts';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;
const DEFAULT_INTERVAL_SECONDS = 5;

interface QueueOptions {
  readonly watch?: boolean;
  readonly interval: number;
  readonly limit: number;
}

/** `orch queue` */
export const addQueue: AddCommand = (program, context) => {
  program
    .command('queue')
    .summary('show what waits, and how the shares stand')
    .description('Shows what waits in the queue of the whole deployment and why, what is held, and how the shares stand; with -n only a namespace: its jobs, as far as they are among the first 100 of all, and its shares; totals and pauses are the deployment’s.')
    .option('-w, --watch', 'show it again and again, until Ctrl-C; on a terminal only')
    .option('--interval <seconds>', 'how long between two looks', positive, DEFAULT_INTERVAL_SECONDS)
    .option('--limit <number>', `how many waiting jobs to list, at most ${MAX_LIMIT}`, upTo(MAX_LIMIT), DEFAULT_LIMIT)
    .addHelpText('after', examples('orch queue', 'orch queue -n physics', 'orch queue --watch --limit 10', "orch queue --json | jq '.jobs[].message'"))
    .action(action(context, async (session, { watch = false, interval, limit }: QueueOptions) => {
      if (watch && !session.json && session.terminal.startScreen !== undefined) return watchQueue(session, session.terminal.startScreen(), interval, limit);
      const queue = await look(session, limit);
      if (session.json) return writeJson(session, queue);
      session.terminal.out(queueText(session.colours, queue));
    }));
};

/** The queue as it is now, or what of it concerns the namespace that `-n` names; `ORCH_NAMESPACE` does not count here. */
async function look(session: Session, limit: number): Promise<ShownQueue> {
  const { givenNamespace: namespace, terminal: { signal } } = session;
  const queue = await session.client().getQueue({ limit: namespace === undefined ? limit : MAX_LIMIT, signal });
  return namespace === undefined ? wholeQueue(queue) : queueOfNamespace(queue, namespace, limit);
}

/** Ends on Ctrl-C, which is no failure, and leaves what it showed last. */
async function watchQueue(session: Session, show: (text: string) => void, intervalSeconds: number, limit: number): Promise<void> {
  const { signal, wait } = session.terminal;
  try {
    while (!signal.aborted) {
      show(queueText(session.colours, await look(session, limit)));
      await wait(intervalSeconds * 1000, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
