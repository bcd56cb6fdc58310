import { Command } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { addAdmin } from './commands/admin.ts';
import { addCapacity } from './commands/capacity.ts';
import { addChanges } from './commands/change.ts';
import type { CommandContext } from './commands/command.ts';
import { addCost } from './commands/cost.ts';
import { addEvents } from './commands/events.ts';
import { addExplain } from './commands/explain.ts';
import { addGet } from './commands/get.ts';
import { addList } from './commands/list.ts';
import { addLogs } from './commands/logs.ts';
import { addManifests } from './commands/manifests.ts';
import { addQueue } from './commands/queue.ts';
import { addShares } from './commands/shares.ts';
import { addSubmit } from './commands/submit.ts';
import { addTrace } from './commands/trace.ts';
import { addValidate } from './commands/validate.ts';
import { addWait } from './commands/wait.ts';
import { addWhy } from './commands/why.ts';
import { exitCodeHelp } from './exit-codes.ts';

const environmentHelp = `
Environment:
  ORCH_API_URL    address of the API: the output ApiUrl of the deployed stack
  ORCH_NAMESPACE  namespace where neither -n nor a manifest names one
  AWS_PROFILE …   credentials and region, as for AWS’s own tools
  NO_COLOR        no colours

Results go to standard output, everything else to standard error. With --json a result is one line of JSON; listings
are JSON Lines; an error is a problem document (RFC 9457) on standard error.
`;

/** The program with all its commands. */
export function createProgram(context: CommandContext): Command {
  const program = new Command('orch')
    .description('Submits cluster jobs to the Advanced Orchestrator and watches them.')
    .version(packageJson.version)
    .option('-n, --namespace <namespace>', 'the namespace; by default the manifest’s, then ORCH_NAMESPACE')
    .option('--json', 'results for programs')
    .option('--api-url <url>', 'address of the API; by default ORCH_API_URL')
    .option('--no-color', 'no colours')
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError()
    .addHelpText('after', environmentHelp + exitCodeHelp);
  for (const add of [addValidate, addSubmit, addWait, addGet, addWhy, addExplain, addList, addEvents, addLogs, addTrace, addChanges, addManifests, addQueue, addCost, addCapacity, addShares, addAdmin]) add(program, context);
  return program;
}
