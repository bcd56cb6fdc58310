import { followEvents, itemsOf } from '@advanced-orchestrator/sdk';
import { writeJson } from '../output/json.ts';
import { eventLine } from '../output/log-line.ts';
import { jobRef } from '../session.ts';
import { action, examples, type AddCommand } from './command.ts';

/** `orch events JOB` */
export const addEvents: AddCommand = (program, context) => {
  program
    .command('events')
    .summary('show the history of a job')
    .description('Shows the history of a job, oldest first: time, attempt, what happened.')
    .argument('<job>', 'JOB or NAMESPACE/JOB')
    .option('-f, --follow', 'go on until the job has ended')
    .addHelpText('after', examples('orch events physics/01jd8x2z5k3m9q7w4t6v8y0abc', 'orch events -f $(orch submit cluster.yaml)'))
    .action(action(context, async (session, job: string, { follow }: { readonly follow?: true }) => {
      const { terminal: { out, signal, wait }, colours, json } = session;
      const ref = jobRef(session, job);
      const client = session.client();
      const events = follow === true
        ? followEvents(client, ref, { signal, wait })
        : itemsOf((cursor) => client.listEvents(ref, { limit: 100, signal, ...(cursor === undefined ? {} : { cursor }) }));
      for await (const event of events) {
        if (json) writeJson(session, event);
        else out(eventLine(colours, event));
      }
    }));
};
