import { openFleetNodes } from './fleet-nodes.ts';
import { describeNodeCommands } from './node-commands.contract.ts';

describeNodeCommands('SSM, on instances of the fleet simulator that execute', openFleetNodes);
