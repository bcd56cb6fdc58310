import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { epochMs, instanceId, jobId, microUsd } from '../../../core/job/ids.ts';
import type { Job, Node } from '../../../core/job/job.ts';
import { amend } from '../../../core/lifecycle/amend.ts';
import { admit } from '../../../core/lifecycle/admit.ts';
import type { JobChange } from '../../../core/lifecycle/change.ts';
import { enter } from '../../../core/lifecycle/enter.ts';
import type { JobState } from '../../../core/lifecycle/states.ts';
import type { TaskAnswer } from '../../../core/lifecycle/task.ts';
import type { LogLine } from '../../../core/ports/job-logs.ts';
import { run } from '../../../cli/src/run.ts';
import { plainProgress } from '../../../cli/src/terminal.ts';
import { anApi } from '../../builders/api.ts';
import { credentials, serveApi } from '../../builders/served-api.ts';

/** What a command did. */
export interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly input?: string | Uint8Array;
  readonly environment?: Readonly<Record<string, string>>;
  readonly hasColour?: boolean;
  readonly signal?: AbortSignal;
  /** How wide the terminal is. */
  readonly columns?: number;
  /** What is drawn over, where results go to a terminal. */
  readonly screen?: (text: string) => void;
  /** What happens while the command lets time pass. */
  readonly meanwhile?: () => Promise<void> | void;
}

/** The program in a folder of its own, before an API in memory behind a real socket. */
export async function openOrch() {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey });
  const lines: LogLine[] = [];
  /** What reading logs fails with. */
  const faults: { logs?: Error } = {};
  const api = anApi({
    read: async ({ node, step, sinceMs }) => {
      if (faults.logs !== undefined) throw faults.logs;
      return { items: lines.filter((line) => line.node === (node ?? line.node) && line.step === (step ?? line.step) && line.atMs >= (sinceMs ?? 0)) };
    },
  });
  const served = await serveApi(api);
  const folder = await mkdtemp(join(tmpdir(), 'orch-'));

  const orch = async (words: readonly string[], options: RunOptions = {}): Promise<Ran> => {
    let out = '';
    let err = '';
    const write = (text: string): void => { err += text; };
    const exitCode = await run(words, {
      out: (text) => { out += text; },
      err: write,
      readInput: async () => (typeof options.input === 'string' ? new TextEncoder().encode(options.input) : (options.input ?? new Uint8Array())),
      startProgress: (text) => plainProgress(write, text),
      ...(options.screen === undefined ? {} : { startScreen: () => options.screen ?? (() => {}) }),
      ...(options.columns === undefined ? {} : { columns: options.columns }),
      environment: { ORCH_API_URL: served.url, AWS_REGION: 'us-east-1', ...options.environment },
      hasColour: options.hasColour ?? false,
      signal: options.signal ?? new AbortController().signal,
      now: () => api.clock.now(),
      wait: async (_ms, signal) => {
        signal?.throwIfAborted();
        await options.meanwhile?.();
      },
    });
    return { exitCode, out: out.replaceAll(folder, '.'), err: err.replaceAll(folder, '.') };
  };

  /** Writes a file and answers its path. */
  const file = async (name: string, content: string | Uint8Array): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  };

  const close = async (): Promise<void> => {
    await served.close();
    await rm(folder, { recursive: true });
  };
  return { api, served, lines, faults, orch, file, close, ...movers(api) };
}

/** Moves jobs on, as scheduler and state machine do. */
function movers(api: ReturnType<typeof anApi>) {
  const commit = async (change: JobChange | undefined): Promise<void> => {
    if (change !== undefined) await api.jobs.commit(change);
  };
  const move = async (id: string, path: readonly JobState[], answer?: TaskAnswer): Promise<void> =>
    commit(enter(await api.get(id), undefined, path, answer, api.clock.now()));
  const begin = async (id: string, ...path: JobState[]): Promise<void> => {
    await commit(admit(await api.get(id), {}, api.clock.now()));
    await move(id, path);
  };
  const addNode = async (id: string): Promise<void> => {
    const node: Node = {
      name: 'head-0', rank: 0, pool: 'head', instanceId: instanceId('i-0123456789abcdef0'), instanceType: 'm6i.large', zone: 'us-east-1a', market: 'on-demand',
      address: '10.0.0.4', hardware: { vcpus: 2, cores: 1, memoryMiB: 8192, gpus: 0 }, launchedAtMs: epochMs(api.clock.now()), microUsdPerHour: microUsd(96_000),
    };
    await api.attempts.putNodes(jobId(id), 1, [node]);
  };
  /** The record as others leave it. */
  const alter = async (id: string, fields: Partial<Job>): Promise<void> => {
    const job = await api.get(id);
    await commit(amend(job, { ...job, ...fields }, [], api.clock.now()));
  };
  return { begin, move, addNode, alter };
}
