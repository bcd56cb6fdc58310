import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import { DEFAULT_PROVIDER, SIMULATED_PROVIDER } from '../../core/capacity/provider-registry.ts';
import type { RegisteredCommands } from '../../core/runtimes/command-registry.ts';
import { CommandRegistry } from '../../core/runtimes/command-registry.ts';
import { nodeCollector } from '../../core/runtimes/telemetry.ts';
import { S3AttemptSecrets } from '../adapters/s3/s3-attempt-secrets.ts';
import { S3StepPayloads } from '../adapters/s3/s3-step-payloads.ts';
import { asItsVariablesSay } from '../adapters/simulated/rehearsal.ts';
import { isCommandId, isMachineId } from '../adapters/simulated/simulated-ids.ts';
import { SimulatedNodeCommands } from '../adapters/simulated/simulated-node-commands.ts';
import { SsmNodeCommands } from '../adapters/ssm/ssm-node-commands.ts';
import { loadNodeFiles } from '../runtime/node-files.ts';
import { traced } from '../runtime/telemetry.ts';
import { clock, deployment, simulatedRecords } from './stores.ts';

const s3 = traced(new S3Client({}));
const payloads = new S3StepPayloads({ s3, deployment, read: loadNodeFiles(), collector: nodeCollector(deployment) });

const ssm: RegisteredCommands = {
  provider: DEFAULT_PROVIDER,
  commands: new SsmNodeCommands({ ssm: traced(new SSMClient({})), payloads, deployment }),
  ownsInstance: (id) => !isMachineId(id),
  ownsCommand: (id) => !isCommandId(id),
};

/** Also where the deployment rehearses no more: rehearsals that began before come to their end. */
const simulated: RegisteredCommands = {
  provider: SIMULATED_PROVIDER,
  commands: new SimulatedNodeCommands({ records: simulatedRecords, rehearsal: asItsVariablesSay, clock }),
  ownsInstance: isMachineId,
  ownsCommand: isCommandId,
};

/** The ways to the nodes of the deployment's clouds. */
export const commands = new CommandRegistry([ssm, simulated]);

/** What the nodes of an attempt share. */
export const secrets = new S3AttemptSecrets({ s3, deployment });
