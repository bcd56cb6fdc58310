import type { Job, Priority } from '@advanced-orchestrator/sdk';
import { writeJson } from '../output/json.ts';
import { standing } from '../output/words.ts';
import { jobRef } from '../session.ts';
import type { Session } from '../session.ts';
import { priority } from './arguments.ts';
import { action, examples, type AddCommand } from './command.ts';

/** `orch cancel JOB`, `orch release JOB`, `orch priority JOB N` */
export const addChanges: AddCommand = (program, context) => {
  program
    .command('cancel')
    .summary('stop a job')
    .description('Stops a job and has its machines torn down. A job that is being cancelled already stays so.')
    .argument('<job>', 'JOB or NAMESPACE/JOB')
    .addHelpText('after', examples('orch cancel physics/01jd8x2z5k3m9q7w4t6v8y0abc'))
    .action(action(context, async (session, job: string, _options: object) => {
      const { signal } = session.terminal;
      tell(session, await session.client().cancelJob(jobRef(session, job), { signal }), 'is being cancelled');
    }));
  program
    .command('release')
    .summary('end an interactive cluster')
    .description('Ends an interactive cluster, one without a job of its own: post-run hooks run, then its machines are torn down.')
    .argument('<job>', 'JOB or NAMESPACE/JOB')
    .addHelpText('after', examples('orch release physics/01jd8x2z5k3m9q7w4t6v8y0abc'))
    .action(action(context, async (session, job: string, _options: object) => {
      const { signal } = session.terminal;
      tell(session, await session.client().releaseJob(jobRef(session, job), { signal }), 'is being released');
    }));
  program
    .command('priority')
    .summary('change the priority of a waiting job')
    .description('Changes the priority of a job that waits in the queue.')
    .argument('<job>', 'JOB or NAMESPACE/JOB')
    .argument('<priority>', '0 to 1000, higher first, or low, normal, high, urgent', priority)
    .addHelpText('after', examples('orch priority physics/01jd8x2z5k3m9q7w4t6v8y0abc high'))
    .action(action(context, async (session, job: string, wanted: Priority, _options: object) => {
      const { signal } = session.terminal;
      const changed = await session.client().setPriority(jobRef(session, job), wanted, { signal });
      tell(session, changed, `has priority ${changed.priority}`);
    }));
};

function tell(session: Session, job: Job, what: string): void {
  const { terminal, colours, json } = session;
  if (json) return writeJson(session, job);
  terminal.out(`job ${job.jobId} ${what}, ${standing(colours, job)}\n`);
}
