import { EC2Client } from '@aws-sdk/client-ec2';
import { PricingClient } from '@aws-sdk/client-pricing';
import { Ec2CapacityProvider, ec2ClientDefaults } from '../adapters/ec2/ec2-capacity-provider.ts';
import { Ec2InstanceCatalogue } from '../adapters/ec2/ec2-instance-catalogue.ts';
import { PRICE_LIST_REGION, PriceList } from '../adapters/pricing/price-list.ts';
import { logger, traced } from '../runtime/telemetry.ts';
import { attempts, clock, cooldowns, deployment } from './stores.ts';

const ec2 = traced(new EC2Client(ec2ClientDefaults));
const prices = new PriceList(traced(new PricingClient({ region: PRICE_LIST_REGION })));

export const catalogue = new Ec2InstanceCatalogue({ ec2, region: deployment.region, prices, clock, log: logger });
export const capacity = new Ec2CapacityProvider({ ec2, attempts, cooldowns, catalogue, clock, deployment, log: logger });
