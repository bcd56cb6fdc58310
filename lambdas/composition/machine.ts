import { SFNClient } from '@aws-sdk/client-sfn';
import { SfnExecutions } from '../adapters/stepfunctions/sfn-executions.ts';
import { SfnTaskTokens } from '../adapters/stepfunctions/sfn-task-tokens.ts';
import { traced } from '../runtime/telemetry.ts';
import { deployment } from './stores.ts';

const sfn = traced(new SFNClient({}));

export const executions = new SfnExecutions(sfn, deployment.stateMachineArn);
export const tokens = new SfnTaskTokens(sfn);
