import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { epochMs, instanceId, jobId, microUsd } from '../../core/job/ids.ts';
import type { Node } from '../../core/job/job.ts';
import type { ReadNodeFile } from '../../core/ports/node-files.ts';
import type { StepDispatch } from '../../core/ports/node-commands.ts';
import type { NodeStep } from '../../core/runtimes/node-step.ts';

/** A node with sensible values; rank 0 is the head. */
export function aNode(rank: number, fields: Partial<Node> = {}): Node {
  const pool = rank === 0 ? 'head' : 'workers';
  return {
    name: `${pool}-${Math.max(0, rank - 1)}`,
    rank,
    pool,
    instanceId: instanceId(`i-${String(rank).padStart(17, '0')}`),
    instanceType: 'm6i.large',
    zone: 'us-east-1a',
    market: 'on-demand',
    address: `10.0.0.${10 + rank}`,
    launchedAtMs: epochMs(1_000_000),
    microUsdPerHour: microUsd(96_000),
    ...fields,
  };
}

export function aStep(fields: Partial<NodeStep> = {}): NodeStep {
  return {
    phase: 'configure',
    index: 0,
    name: 'set up',
    ranks: 'all',
    action: { kind: 'script', script: 'true' },
    env: {},
    system: false,
    ...fields,
  };
}

export function aDispatch(fields: Partial<StepDispatch> = {}): StepDispatch {
  return {
    jobId: jobId('01hjob0000000000000000000a'),
    attempt: 1,
    namespace: 'research',
    step: aStep(),
    nodes: [aNode(0), aNode(1), aNode(2)],
    stopFirst: [],
    commandTimeoutSeconds: 3660,
    ...fields,
  };
}

/** The files of `nodes/` as they are in the checkout. */
export const readNodeFile: ReadNodeFile = (file) => readFileSync(join(import.meta.dirname, '..', '..', 'nodes', file), 'utf8');
