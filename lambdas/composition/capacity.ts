import { EC2Client } from '@aws-sdk/client-ec2';
import { NothingKnown } from '../../core/capacity/nothing-known.ts';
import { Ec2CapacityProvider, ec2ClientDefaults } from '../adapters/ec2/ec2-capacity-provider.ts';
import { logger, traced } from '../runtime/telemetry.ts';
import { catalogue } from './catalogue.ts';
import { attempts, clock, cooldowns, deployment } from './stores.ts';

const ec2 = traced(new EC2Client(ec2ClientDefaults));

export const capacity = new Ec2CapacityProvider({ ec2, attempts, cooldowns, catalogue, knowledge: new NothingKnown('nobody is asked yet'), clock, deployment, log: logger });
