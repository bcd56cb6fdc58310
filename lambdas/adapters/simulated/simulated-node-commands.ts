import type { EpochMs, InstanceId, JobId } from '../../../core/job/ids.ts';
import { epochMs } from '../../../core/job/ids.ts';
import type { Node } from '../../../core/job/job.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { CommandStatus, NodeAnswer, NodeCommands, StepDispatch } from '../../../core/ports/node-commands.ts';
import type { NodeStep } from '../../../core/runtimes/node-step.ts';
import { stepKey, unitOf } from '../../../core/runtimes/node-step.ts';
import type { Rehearsal } from './rehearsal.ts';
import { NOTHING_RAN } from './rehearsal.ts';
import { commandId, parseCommandId } from './simulated-ids.ts';
import type { SimulatedAttempt, SimulatedRecords, SimulatedUnit } from './simulated-records.ts';
import { changeRecord } from './simulated-records.ts';

/** What a unit answers that was stopped, as systemd has it. */
const STOPPED_EXIT_CODE = 143;

export interface SimulatedNodeCommandsPorts {
  readonly records: SimulatedRecords;
  readonly rehearsal: Rehearsal;
  readonly clock: Clock;
}

/** Commands to machines that are only records: nothing runs, and each step ends as its rehearsal says, which the history tells. */
export class SimulatedNodeCommands implements NodeCommands {
  readonly #ports: SimulatedNodeCommandsPorts;

  constructor(ports: SimulatedNodeCommandsPorts) {
    this.#ports = ports;
  }

  async online(jobId: JobId, attempt: number): Promise<ReadonlySet<InstanceId>> {
    const { record } = await this.#ports.records.get({ jobId, attempt });
    return new Set(record.machines.filter(({ goneAtMs }) => goneAtMs === undefined).map(({ instanceId }) => instanceId));
  }

  async send(dispatch: StepDispatch): Promise<string> {
    const { jobId, attempt, step } = dispatch;
    const name = unitOf(jobId, attempt, step);
    return changeRecord(this.#ports.records, { jobId, attempt }, (record) => {
      const known = record.units[name];
      const units = known === undefined ? withStopped(record.units, dispatch, this.#ports.clock.now()) : record.units;
      const unit = this.#run(dispatch, known);
      return { answer: commandId(name, unit.commands.length), next: { ...record, units: { ...units, [name]: unit } } };
    });
  }

  /** Begins the step on those of its nodes where it has not begun. */
  #run({ step, nodes }: StepDispatch, known: SimulatedUnit | undefined): SimulatedUnit {
    const { tail, ...end } = this.#ports.rehearsal(step);
    const begun = known?.runs ?? [];
    const startedAtMs = this.#ports.clock.now();
    const fresh = nodesOf(step.ranks, nodes)
      .filter(({ instanceId }) => !begun.some((run) => run.instanceId === instanceId))
      .map(({ name, instanceId }) => ({ node: name, instanceId, startedAtMs, ...endOf(end, step, startedAtMs) }));
    return { name: step.name, tail: known?.tail ?? tail, runs: [...begun, ...fresh], commands: [...(known?.commands ?? []), stepKey(step)] };
  }

  async status(id: string): Promise<CommandStatus | undefined> {
    const command = parseCommandId(id);
    if (command === undefined) return undefined;
    const { jobId, attempt, unit: name, number } = command;
    const { record } = await this.#ports.records.get(command);
    const unit = record.units[name];
    const step = unit?.commands[number - 1];
    if (unit === undefined || step === undefined) return undefined;
    const answers = answersOf(unit, record, record.cancelled.includes(id), this.#ports.clock.now());
    return { commandId: id, jobId, attempt, step, answers, over: answers.every(({ status }) => status !== 'running'), note: NOTHING_RAN };
  }

  /** A cancelled command answers no more while its unit goes on. */
  async cancel(id: string): Promise<void> {
    const command = parseCommandId(id);
    if (command === undefined) return;
    await changeRecord<undefined>(this.#ports.records, command, (record) =>
      record.cancelled.includes(id) ? { answer: undefined } : { answer: undefined, next: { ...record, cancelled: [...record.cancelled, id] } },
    );
  }

  async endsUntold(): Promise<boolean> {
    return true;
  }
}

/** What a unit answers that its time limit has stopped, as a shell has it. */
const TIMED_OUT_EXIT_CODE = 124;

/** A step ends when its rehearsal says, or at its own limit, as on a node. */
function endOf({ seconds, exitCode }: Omit<ReturnType<Rehearsal>, 'tail'>, { timeoutSeconds }: NodeStep, startedAtMs: EpochMs) {
  const at = (after: number): EpochMs => epochMs(startedAtMs + after * 1000);
  if (timeoutSeconds === undefined || seconds <= timeoutSeconds) return { endsAtMs: at(seconds), exitCode };
  return { endsAtMs: at(timeoutSeconds), exitCode: TIMED_OUT_EXIT_CODE, timesOut: true } as const;
}

const nodesOf = (ranks: 'all' | 'head', nodes: readonly Node[]): readonly Node[] =>
  nodes.filter(({ goneAtMs, rank }) => goneAtMs === undefined && (ranks === 'all' || rank === 0));

/** The units with those ended that must have before a step begins; one that has not begun never will. */
function withStopped(units: SimulatedAttempt['units'], { stopFirst, nodes }: StepDispatch, nowMs: EpochMs): SimulatedAttempt['units'] {
  const stop = { startedAtMs: nowMs, endsAtMs: nowMs, exitCode: STOPPED_EXIT_CODE };
  const never = nodesOf('head', nodes).map(({ name, instanceId }) => ({ ...stop, node: name, instanceId }));
  const stopped = stopFirst.map((name) => {
    const unit = units[name];
    if (unit === undefined) return [name, { name: '', tail: '', runs: never, commands: [] }] as const;
    return [name, { ...unit, runs: unit.runs.map((run) => (run.endsAtMs > nowMs ? stoppedAt(nowMs, run) : run)) }] as const;
  });
  return { ...units, ...Object.fromEntries(stopped) };
}

function stoppedAt(endsAtMs: EpochMs, { timesOut: _timesOut, ...run }: SimulatedUnit['runs'][number]): SimulatedUnit['runs'][number] {
  return { ...run, endsAtMs, exitCode: STOPPED_EXIT_CODE };
}

function answersOf({ runs, tail }: SimulatedUnit, { machines }: SimulatedAttempt, isCancelled: boolean, nowMs: EpochMs): NodeAnswer[] {
  const gone = new Set(machines.filter(({ goneAtMs }) => goneAtMs !== undefined).map(({ instanceId }) => instanceId));
  return runs.map(({ instanceId, endsAtMs, exitCode, timesOut = false }) => {
    if (endsAtMs <= nowMs) return { instanceId, status: timesOut ? 'timedOut' : 'exited', exitCode, tail };
    if (gone.has(instanceId)) return { instanceId, status: 'lost' };
    return { instanceId, status: isCancelled ? 'cancelled' : 'running' };
  });
}
