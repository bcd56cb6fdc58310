import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import { S3StepPayloads } from '../adapters/s3/s3-step-payloads.ts';
import { SsmNodeCommands } from '../adapters/ssm/ssm-node-commands.ts';
import { traced } from '../runtime/telemetry.ts';
import { deployment } from './stores.ts';

const payloads = new S3StepPayloads({ s3: traced(new S3Client({})), deployment });

export const commands = new SsmNodeCommands({ ssm: traced(new SSMClient({})), payloads, deployment });
