import { explanationText } from '../output/explanation.ts';
import { writeJson } from '../output/json.ts';
import { jobRef } from '../session.ts';
import { action, examples, type AddCommand } from './command.ts';

/** `orch explain JOB` */
export const addExplain: AddCommand = (program, context) => {
  program
    .command('explain')
    .summary('say why a job waits')
    .description('Says where a job is and why, where it stands in the queue, how its shares stand, and what would change that.')
    .argument('<job>', 'JOB or NAMESPACE/JOB')
    .addHelpText('after', examples('orch explain physics/01jd8x2z5k3m9q7w4t6v8y0abc', 'orch explain -n physics 01jd8x2z5k3m9q7w4t6v8y0abc --json | jq .code'))
    .action(action(context, async (session, job: string, _options: object) => {
      const { terminal, colours, json } = session;
      const found = await session.client().explainJob(jobRef(session, job), { signal: terminal.signal });
      if (json) return writeJson(session, found);
      terminal.out(explanationText(colours, found));
    }));
};
