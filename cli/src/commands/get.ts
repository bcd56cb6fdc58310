import { jobDetail } from '../output/job.ts';
import { writeJson } from '../output/json.ts';
import { jobRef } from '../session.ts';
import { action, examples, type AddCommand } from './command.ts';

/** `orch get JOB` */
export const addGet: AddCommand = (program, context) => {
  program
    .command('get')
    .summary('show a job')
    .description('Shows a job: where it is and why, its attempts, its nodes, what it cost so far, and where its dashboard is.')
    .argument('<job>', 'JOB or NAMESPACE/JOB')
    .addHelpText('after', examples('orch get physics/01jd8x2z5k3m9q7w4t6v8y0abc', 'orch get -n physics 01jd8x2z5k3m9q7w4t6v8y0abc --json | jq .costUsd'))
    .action(action(context, async (session, job: string, _options: object) => {
      const { terminal, colours, json } = session;
      const found = await session.client().getJob(jobRef(session, job), { signal: terminal.signal });
      if (json) return writeJson(session, found);
      terminal.out(jobDetail(colours, found));
    }));
};
