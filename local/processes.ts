import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { identityOf } from './process-identity.ts';

/** A process that outlives its starter. `identity` tells it from a later process with the same id. */
export interface DetachedProcess {
  readonly name: string;
  readonly pid: number;
  readonly identity: string;
  readonly logFile: string;
}

export interface DetachedCommand {
  readonly name: string;
  readonly command: string;
  readonly arguments: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly directory: string;
  readonly logFile: string;
}

const pollMs = 50;

/**
 * Starts a command as the leader of its own process group, its output appended to its log file.
 *
 * @throws when the command cannot be started.
 */
export async function startDetached(command: DetachedCommand): Promise<DetachedProcess> {
  mkdirSync(dirname(command.logFile), { recursive: true });
  const log = openSync(command.logFile, 'a');
  try {
    const child = spawn(command.command, command.arguments, {
      cwd: command.directory,
      env: command.environment,
      detached: true,
      stdio: ['ignore', log, log],
    });
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    child.unref();
    const pid = child.pid ?? 0;
    return { name: command.name, pid, identity: identityOf(pid) ?? '', logFile: command.logFile };
  } finally {
    closeSync(log);
  }
}

/** Whether this very process still runs. */
export function isRunning(process: DetachedProcess): boolean {
  return identityOf(process.pid) === process.identity;
}

/**
 * Asks the process to end, waits, and ends it and what is left of its group by force after the grace period.
 * Does nothing to a process that ended before, nor to another that has its id now.
 *
 * @returns whether it needed no force.
 */
export async function stop(process: DetachedProcess, graceMs: number): Promise<boolean> {
  if (!isRunning(process)) return true;
  signal(process.pid, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while (isRunning(process) && Date.now() < deadline) await delay(pollMs);
  const endedItself = !isRunning(process);
  signal(-process.pid, 'SIGKILL');
  while (isRunning(process)) await delay(pollMs);
  return endedItself;
}

/** Asks the process to end without waiting, for the moment in which this process itself ends. */
export function requestStop(process: DetachedProcess): void {
  if (isRunning(process)) signal(process.pid, 'SIGTERM');
}

/** The last lines of a process's log, for an error message. */
export function logTail(process: DetachedProcess, lines = 15): string {
  if (!existsSync(process.logFile)) return '';
  return readFileSync(process.logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!isNoSuchProcess(error)) throw error;
  }
}

function isNoSuchProcess(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ESRCH';
}
