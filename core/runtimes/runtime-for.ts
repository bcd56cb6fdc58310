import type { Runtime } from '../ports/runtime.ts';
import { noneRuntime } from './none-runtime.ts';

/** A runtime, and what to tell the user where it stands in for the one asked for. */
export interface RuntimeChoice {
  readonly runtime: Runtime;
  readonly substituted?: string;
}

const runtimes: Readonly<Record<string, Runtime>> = { None: noneRuntime };

/** The runtime for a manifest's `runtime.type`. One that this release does not have is stood in for by `None`. */
export function runtimeFor(type: string): RuntimeChoice {
  const runtime = Object.hasOwn(runtimes, type) ? runtimes[type] : undefined;
  if (runtime !== undefined) return { runtime };
  return {
    runtime: noneRuntime,
    substituted: `This release does not set up ${type}: the job's steps run on the head node, without a scheduler between.`,
  };
}
