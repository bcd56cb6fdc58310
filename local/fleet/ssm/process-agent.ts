import type { FleetClock } from '../clock.ts';
import type { InstanceDriver, RunResult } from '../instances/driver.ts';
import type { Instance } from '../model.ts';
import type { Collection } from '../store.ts';
import type { Agent } from './agent.ts';
import type { Command, InvocationStatus, Step, StepResult } from './command.ts';

/** What SSM says of a process that it ended: 128 and SIGKILL. */
const STOPPED_CODE = 137;

interface AgentParts {
  readonly driver: InstanceDriver;
  readonly instances: Collection<Instance>;
  readonly clock: FleetClock;
  readonly environmentOf: (instance: Instance) => Readonly<Record<string, string>>;
}

/** The SSM agent of process instances: runs the steps of a command one after another. */
export class ProcessAgent implements Agent {
  readonly #parts: AgentParts;
  /** Commands that were cancelled, by instance and command. */
  readonly #stopped = new Set<string>();

  constructor(parts: AgentParts) {
    this.#parts = parts;
  }

  async execute(instance: Instance, command: Command): Promise<readonly StepResult[] | undefined> {
    const results: StepResult[] = [];
    for (const [index, step] of command.steps.entries()) {
      const result = await this.#executeStep(instance, command, step, index);
      if (result === undefined) {
        return undefined;
      }
      results.push(result);
      if (result.status === 'Cancelled' || (result.status !== 'Success' && step.exitOnFailure)) {
        break;
      }
    }
    return results;
  }

  async stop(instance: Instance, command: Command): Promise<void> {
    this.#stopped.add(`${instance.id}/${command.id}`);
    await Promise.all(command.steps.map((_step, index) => this.#parts.driver.stop(instance.id, runName(command, index))));
  }

  async #executeStep(instance: Instance, command: Command, step: Step, index: number): Promise<StepResult | undefined> {
    const { clock, driver } = this.#parts;
    const startedAtMs = clock.nowMs();
    let timedOut = false;
    const cancelTimer = clock.at(startedAtMs + step.timeoutSeconds * 1000, () => {
      timedOut = true;
      void driver.stop(instance.id, runName(command, index));
    });
    const ended = await this.#run(instance, command, step, index);
    cancelTimer();
    const alive = this.#parts.instances.get(instance.id)?.state === 'running';
    if (!alive && ended.exitCode === undefined) {
      return undefined;
    }
    const cancelled = this.#stopped.has(`${instance.id}/${command.id}`);
    return {
      name: step.name,
      ...verdict(ended, timedOut, cancelled),
      standardOutput: ended.standardOutput,
      standardError: ended.standardError,
      startedAtMs,
      endedAtMs: clock.nowMs(),
    };
  }

  async #run(instance: Instance, command: Command, step: Step, index: number): Promise<RunResult> {
    try {
      return await this.#parts.driver.run({
        instanceId: instance.id,
        name: runName(command, index),
        script: step.script,
        environment: {
          ...this.#parts.environmentOf(instance),
          AWS_SSM_INSTANCE_ID: instance.id,
          AWS_SSM_REGION_NAME: instance.region,
          ...step.environment,
        },
        workingDirectory: step.workingDirectory,
      });
    } catch (error) {
      return { exitCode: undefined, standardOutput: '', standardError: String(error) };
    }
  }
}

function runName(command: Command, index: number): string {
  return `${command.id}.${index}`;
}

function verdict(
  ended: RunResult,
  timedOut: boolean,
  cancelled: boolean,
): { readonly status: InvocationStatus; readonly responseCode: number } {
  if (ended.exitCode !== undefined) {
    return { status: ended.exitCode === 0 ? 'Success' : 'Failed', responseCode: ended.exitCode };
  }
  if (cancelled) {
    return { status: 'Cancelled', responseCode: STOPPED_CODE };
  }
  return timedOut
    ? { status: 'ExecutionTimedOut', responseCode: STOPPED_CODE }
    : { status: 'Failed', responseCode: -1 };
}
