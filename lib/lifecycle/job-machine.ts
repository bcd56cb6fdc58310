import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  CfnStateMachineAlias, CfnStateMachineVersion, DefinitionBody, LogLevel, StateMachine,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { DeploymentConfiguration } from '../configuration/schema.ts';
import { retainedLogGroup } from '../functions/log-group.ts';
import type { OrchestratorFunction } from '../functions/orchestrator-function.ts';
import type { Alarms } from '../observability/alarms.ts';
import type { LifecycleAddress } from './lifecycle-address.ts';

export interface JobMachineProps {
  readonly configuration: DeploymentConfiguration;
  readonly address: LifecycleAddress;
  readonly alarms: Alarms;
  /** Folder that has `statemachines/`. */
  readonly sourceRoot: string;
  /** Functions by the name of their placeholder in the definition, `RunStepFunctionArn` for instance. */
  readonly tasks: Readonly<Record<string, OrchestratorFunction>>;
}

/**
 * The job lifecycle as it is written in `statemachines/job-lifecycle.asl.json`. Each new definition is published as a
 * version, and the alias moves to it; executions under way go on in the definition that they began with.
 */
export class JobMachine extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, props: JobMachineProps) {
    super(scope, id);
    const definition = readFileSync(join(props.sourceRoot, 'statemachines', 'job-lifecycle.asl.json'), 'utf8');
    this.machine = new StateMachine(this, 'Machine', {
      stateMachineName: props.address.machineName,
      // Without the indentation it is well below what a template may hold.
      definitionBody: DefinitionBody.fromString(JSON.stringify(JSON.parse(definition))),
      definitionSubstitutions: substitutions(definition, props.tasks),
      logs: { destination: retainedLogGroup(this, 'Logs', props.configuration, 'functions'), level: LogLevel.ERROR },
      tracingEnabled: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.machine.addToRolePolicy(new PolicyStatement({
      actions: ['lambda:InvokeFunction'],
      resources: Object.values(props.tasks).map((task) => task.functionArn),
    }));
    this.publish(props.address.aliasName);
    this.watch(props.alarms);
  }

  /** The revision changes with the definition and replaces the version; a version that is gone ends no execution. */
  private publish(aliasName: string): void {
    const version = new CfnStateMachineVersion(this, 'Version', {
      stateMachineArn: this.machine.stateMachineArn,
      stateMachineRevisionId: this.machine.stateMachineRevisionId,
    });
    new CfnStateMachineAlias(this, 'Live', {
      name: aliasName,
      routingConfiguration: [{ stateMachineVersionArn: version.attrArn, weight: 100 }],
    });
  }

  private watch(alarms: Alarms): void {
    const period = Duration.minutes(5);
    alarms.when('ExecutionsFailed', this.machine.metricFailed({ period, statistic: 'Sum' }), {
      severity: 'look',
      description: 'An execution of the job lifecycle failed; the reconciler takes its job over.',
      section: 'executions-failed',
      threshold: 1,
    });
    // Nothing of the product stops one.
    alarms.when('ExecutionsStopped', this.machine.metricAborted({ period, statistic: 'Sum' }), {
      severity: 'look',
      description: 'Somebody stopped an execution of the job lifecycle; the reconciler takes its job over.', section: 'executions-failed', threshold: 1,
    });
    alarms.when('ExecutionsTimedOut', this.machine.metricTimedOut({ period, statistic: 'Sum' }), {
      severity: 'look',
      description: 'An execution of the job lifecycle ran out of time.', section: 'executions-failed', threshold: 1,
    });
  }
}

/** The ARN of each placeholder's function; both lists must say the same. */
function substitutions(definition: string, tasks: Readonly<Record<string, OrchestratorFunction>>): Record<string, string> {
  const wanted = new Set([...definition.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name ?? ''));
  const missing = [...wanted].filter((name) => !(name in tasks));
  const unused = Object.keys(tasks).filter((name) => !wanted.has(name));
  if (missing.length > 0 || unused.length > 0) {
    throw new Error(`The state machine asks for ${missing.join(', ') || 'nothing more'} and never names ${unused.join(', ') || 'none'}.`);
  }
  return Object.fromEntries(Object.entries(tasks).map(([name, task]) => [name, task.functionArn]));
}
