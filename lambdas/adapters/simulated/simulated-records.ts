import type { LaunchOutcome } from '../../../core/capacity/gang.ts';
import type { EpochMs, InstanceId, JobId } from '../../../core/job/ids.ts';
import type { Market } from '../../../core/job/job.ts';
import type { AttemptKey } from '../../../core/ports/machines.ts';

/** A record is one item of the table. So many nodes and every step that a manifest may name for each of them fit into it. */
export const MOST_NODES_OF_A_REHEARSAL = 1000;

/** A machine that is nothing but this. */
export interface SimulatedMachine {
  readonly instanceId: InstanceId;
  readonly instanceType: string;
  readonly zone: string;
  readonly market: Market;
  readonly pool: string;
  readonly address: string;
  readonly launchedAtMs: EpochMs;
  /** Absent while it lives. */
  readonly goneAtMs?: EpochMs;
}

/** A step on one node, as the node would have run it. */
interface SimulatedRun {
  /** The node's name. */
  readonly node: string;
  readonly instanceId: InstanceId;
  readonly startedAtMs: EpochMs;
  /** When it ends by itself, or was stopped. */
  readonly endsAtMs: EpochMs;
  readonly exitCode: number;
  /** It ends because its step has no more time. */
  readonly timesOut?: true;
}

/** A step on its nodes. */
export interface SimulatedUnit {
  /** What the manifest calls it. */
  readonly name: string;
  readonly tail: string;
  /** One a node, however often the step is sent there. */
  readonly runs: readonly SimulatedRun[];
  /** The step's key at each command that was sent for it, in order: the first begins it, the others attach. */
  readonly commands: readonly string[];
}

/** Everything that there is of an attempt in the simulated cloud. */
export interface SimulatedAttempt {
  readonly jobId: JobId;
  readonly attempt: number;
  readonly machines: readonly SimulatedMachine[];
  /** Answers to launches by client token, with the request that each token stands for. */
  readonly launches: Readonly<Record<string, { readonly request: string; readonly outcome: LaunchOutcome }>>;
  /** By unit name. */
  readonly units: Readonly<Record<string, SimulatedUnit>>;
  /** Commands that were cancelled while their unit ran. */
  readonly cancelled: readonly string[];
}

/** Those machines of an attempt that live. */
export type LivingMachines = Pick<SimulatedAttempt, 'jobId' | 'attempt' | 'machines'>;

export const livingOf = ({ machines }: Pick<SimulatedAttempt, 'machines'>): readonly SimulatedMachine[] => machines.filter(({ goneAtMs }) => goneAtMs === undefined);

/** An attempt as it was read; 0: it was not there. */
export interface Revised {
  readonly revision: number;
  readonly record: SimulatedAttempt;
}

/** Where the simulated cloud keeps what there is of it. Reads are strongly consistent. */
export interface SimulatedRecords {
  get(attempt: AttemptKey): Promise<Revised>;
  /** Attempts of a job that have begun here. */
  ofJob(jobId: JobId): Promise<readonly SimulatedAttempt[]>;
  /** All machines that live. What it reads grows neither with the attempts that are over nor with what the living have done. */
  list(): Promise<readonly LivingMachines[]>;
  /**
   * Keeps a record in the place of what `revision` was read with. `false`: somebody else was faster. `sameMachines`: those
   * of the record are as they were, which spares a write.
   */
  put(record: SimulatedAttempt, revision: number, sameMachines?: boolean): Promise<boolean>;
}

export const nothingOf = ({ jobId, attempt }: AttemptKey): SimulatedAttempt => ({ jobId, attempt, machines: [], launches: {}, units: {}, cancelled: [] });

/** What is answered, and the record as it is to be then; none: nothing changes. */
interface Changed<T> {
  readonly answer: T;
  readonly next?: SimulatedAttempt;
}

/** Changes the record of an attempt; whenever somebody else was faster, from anew. */
export async function changeRecord<T>(records: SimulatedRecords, attempt: AttemptKey, change: (record: SimulatedAttempt) => Changed<T> | Promise<Changed<T>>): Promise<T> {
  for (;;) {
    const { record, revision } = await records.get(attempt);
    const { next, answer } = await change(record);
    if (next === undefined || (await records.put(next, revision, next.machines === record.machines))) return answer;
  }
}
