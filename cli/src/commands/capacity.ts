import { capacityText } from '../output/capacity.ts';
import { writeJson } from '../output/json.ts';
import { names } from './arguments.ts';
import { action, examples, ofWholeDeployment, type AddCommand } from './command.ts';

interface CapacityOptions {
  readonly type?: readonly string[];
  readonly zone?: readonly string[];
}

/** `orch capacity` */
export const addCapacity: AddCommand = (program, context) => {
  ofWholeDeployment(program.command('capacity'))
    .summary('show what is known of capacity')
    .description('Shows what is known of capacity now: what is not tried and until when, free addresses, quotas of the account, and of instance types where they could be had and at what price.')
    .option('-t, --type <types>', 'also show these instance types, separated by commas; at most 20', names)
    .option('-z, --zone <zones>', 'only these zones, separated by commas', names)
    .addHelpText('after', examples('orch capacity', 'orch capacity --type p5.48xlarge,p4d.24xlarge --zone us-east-1a', "orch capacity --json | jq '.cooling[].scope'"))
    .action(action(context, async (session, { type, zone }: CapacityOptions) => {
      const { terminal, colours, json } = session;
      const capacity = await session.client().getCapacity({
        signal: terminal.signal, ...(type === undefined ? {} : { instanceTypes: type }), ...(zone === undefined ? {} : { zones: zone }),
      });
      if (json) return writeJson(session, capacity);
      terminal.out(capacityText(colours, capacity));
    }));
};
