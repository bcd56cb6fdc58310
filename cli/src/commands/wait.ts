import { jobRef } from '../session.ts';
import { waitAndReport } from '../wait.ts';
import { action, examples, type AddCommand } from './command.ts';

/** `orch wait JOB` */
export const addWait: AddCommand = (program, context) => {
  program
    .command('wait')
    .summary('wait until a job has ended')
    .description('Waits until a job has ended and exits as it did. Ctrl-C ends the waiting, not the job.')
    .argument('<job>', 'JOB or NAMESPACE/JOB')
    .addHelpText('after', examples('orch wait physics/01jd8x2z5k3m9q7w4t6v8y0abc', 'orch wait $(orch submit cluster.yaml) && echo well done'))
    .action(action(context, async (session, job: string, _options: object) => waitAndReport(session, jobRef(session, job))));
};
