import type { InstanceId } from '../../../core/job/ids.ts';
import { instanceId, jobId } from '../../../core/job/ids.ts';
import type { AttemptKey } from '../../../core/ports/machines.ts';

const INSTANCE = /^sim-(?<job>[0-9a-z-]+)-(?<attempt>\d+)-\d+$/;
const COMMAND = /^sim-(?<unit>orch-(?<job>[0-9a-z-]+)-(?<attempt>\d+)-[a-zA-Z]+-\d+(?:-\d+)?)-(?<number>\d+)$/;

/** What a command's id says. */
interface CommandName extends AttemptKey {
  /** Of the step that it was sent for. */
  readonly unit: string;
  /** From 1 among the commands of the unit. */
  readonly number: number;
}

/** The machine of this number of an attempt, from 1. Ids of EC2 begin with `i-`. */
export const machineId = ({ jobId: job, attempt }: AttemptKey, number: number): InstanceId => instanceId(`sim-${job}-${attempt}-${number}`);

export const isMachineId = (id: InstanceId): boolean => INSTANCE.test(id);

/** Whose a machine is; `undefined` for an id that is not of this cloud. */
export function attemptOf(id: InstanceId): AttemptKey | undefined {
  const parts = INSTANCE.exec(id)?.groups;
  return parts === undefined ? undefined : { jobId: jobId(parts['job'] ?? ''), attempt: Number(parts['attempt']) };
}

/** The id of a command: SSM's are UUIDs. */
export const commandId = (unit: string, number: number): string => `sim-${unit}-${number}`;

export const isCommandId = (id: string): boolean => COMMAND.test(id);

/** What `commandId` made; `undefined` for anything else. */
export function parseCommandId(id: string): CommandName | undefined {
  const parts = COMMAND.exec(id)?.groups;
  if (parts === undefined) return undefined;
  return { jobId: jobId(parts['job'] ?? ''), attempt: Number(parts['attempt']), unit: parts['unit'] ?? '', number: Number(parts['number']) };
}
