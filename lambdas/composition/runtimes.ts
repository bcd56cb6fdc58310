import { SSMClient } from '@aws-sdk/client-ssm';
import { SsmRuntimeCatalogue } from '../adapters/ssm/ssm-runtime-catalogue.ts';
import { logger, traced } from '../runtime/telemetry.ts';
import { clock, deployment } from './stores.ts';

/** The releases that the deployment's machine images bring along. */
export const runtimes = new SsmRuntimeCatalogue({ ssm: traced(new SSMClient({})), deployment, clock, log: logger });
