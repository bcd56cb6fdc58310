import type { SettlePorts } from '../lifecycle/settle-step.ts';
import { commands, secrets } from './commands.ts';
import { tokens } from './machine.ts';
import { attempts, clock, deployment, jobs, manifests } from './stores.ts';

/** What the functions share that start steps and see them end. */
export const stepPorts: SettlePorts = { jobs, attempts, manifests, commands, secrets, tokens, deployment, clock };
