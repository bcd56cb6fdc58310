import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { allowKnowledge } from '../capacity/knowledge-permissions.ts';
import { allowCatalogue, allowDescriptions, allowGroupMaking, allowLaunches, allowTerminations } from '../capacity/launch-permissions.ts';
import { OrchestratorFunction, type FunctionSettings } from '../functions/orchestrator-function.ts';
import type { JobNodes } from '../nodes/job-nodes.ts';
import type { Alarms } from '../observability/alarms.ts';
import type { QueueTable } from '../queue/queue-table.ts';
import { JobMachine } from './job-machine.ts';
import type { LifecycleAddress } from './lifecycle-address.ts';

export interface JobLifecycleProps {
  readonly settings: FunctionSettings;
  readonly alarms: Alarms;
  readonly queue: QueueTable;
  readonly nodes: JobNodes;
  readonly address: LifecycleAddress;
  /** Folder that has `statemachines/`. */
  readonly sourceRoot: string;
}

/** Tasks that launch or wait for EC2 may take as long as Lambda lets them. */
const longest = { timeout: Duration.minutes(15), memorySize: 1024 };
/** It waits for most of its time, which is billed by memory. */
const waiting = { timeout: Duration.minutes(15), memorySize: 256 };
const brief = { timeout: Duration.minutes(1) };

/** The state machine of a job's attempt and the functions that are its tasks. */
export class JobLifecycle extends Construct {
  readonly machine: JobMachine;
  readonly tasks: readonly OrchestratorFunction[];

  constructor(scope: Construct, id: string, props: JobLifecycleProps) {
    super(scope, id);
    const { settings: { configuration }, queue, nodes, address } = props;
    const task = (name: string, handler: string, limits: { timeout: Duration; memorySize?: number }) => {
      const made = new OrchestratorFunction(this, name, {
        settings: props.settings, handlerName: `lifecycle/${handler}`, ...limits,
      });
      queue.allowReads(made);
      queue.allowWrites(made);
      return made;
    };
    const acquire = task('AcquireCapacity', 'acquire-capacity', longest);
    const park = task('ParkJob', 'park-job', brief);
    const awaitNodes = task('AwaitNodes', 'await-nodes', waiting);
    const runStep = task('RunStep', 'run-step', brief);
    const explain = task('ExplainFailure', 'explain-failure', brief);
    const destroy = task('DestroyNodes', 'destroy-nodes', longest);
    const finish = task('FinishJob', 'finish-job', brief);

    for (const launcher of [acquire, awaitNodes, destroy]) {
      allowLaunches(launcher, configuration, nodes);
      allowCatalogue(launcher);
      allowDescriptions(launcher);
      allowTerminations(launcher, configuration);
    }
    for (const decider of [acquire, awaitNodes]) {
      allowKnowledge(decider, configuration, nodes);
      allowGroupMaking(decider, configuration);
    }
    allowDescriptions(explain);
    // Which nodes are up, and to the head which are lost.
    nodes.allowCommandStatus(awaitNodes);
    nodes.allowSending(awaitNodes);
    nodes.allowCommands(runStep);
    for (const sender of [awaitNodes, runStep]) nodes.allowStepPayloads(sender);
    for (const answerer of [park, runStep]) address.allowAnswers(answerer);

    this.tasks = [acquire, park, awaitNodes, runStep, explain, destroy, finish];
    this.machine = new JobMachine(this, 'Machine', {
      configuration,
      address,
      alarms: props.alarms,
      sourceRoot: props.sourceRoot,
      tasks: Object.fromEntries(this.tasks.map((made) => [`${made.node.id}FunctionArn`, made])),
    });
  }
}
