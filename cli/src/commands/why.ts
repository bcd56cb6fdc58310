import { diagnosisText } from '../output/diagnosis.ts';
import { writeJson } from '../output/json.ts';
import { jobRef } from '../session.ts';
import { action, examples, type AddCommand } from './command.ts';

/** `orch why JOB` */
export const addWhy: AddCommand = (program, context) => {
  program
    .command('why')
    .summary('say what ended or holds a job')
    .description('Says what ended a job or what holds it: the cause, the evidence (history, errors of the cloud, the last lines of the step that failed), what you can do, and what the operator can do.')
    .argument('<job>', 'JOB or NAMESPACE/JOB')
    .addHelpText('after', examples('orch why physics/01jd8x2z5k3m9q7w4t6v8y0abc', 'orch why -n physics 01jd8x2z5k3m9q7w4t6v8y0abc --json | jq -r .cause'))
    .action(action(context, async (session, job: string, _options: object) => {
      const { terminal, colours, json } = session;
      const found = await session.client().diagnoseJob(jobRef(session, job), { signal: terminal.signal });
      if (json) return writeJson(session, found);
      terminal.out(diagnosisText(colours, found));
    }));
};
