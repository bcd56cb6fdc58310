import { EC2Client } from '@aws-sdk/client-ec2';
import { Ec2CapacityProvider, ec2ClientDefaults } from '../adapters/ec2/ec2-capacity-provider.ts';
import { logger, traced } from '../runtime/telemetry.ts';
import { catalogue } from './catalogue.ts';
import { knowledge } from './knowledge.ts';
import { attempts, clock, cooldowns, deployment } from './stores.ts';

const ec2 = traced(new EC2Client(ec2ClientDefaults));

export const capacity = new Ec2CapacityProvider({ ec2, attempts, cooldowns, catalogue, knowledge, clock, deployment, log: logger });
