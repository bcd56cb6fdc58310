import type { z } from 'zod';
import { report, valueAt } from './problems.ts';

/*
 * Rules between fields. They run even where a field failed its own check, so that all problems are told at once;
 * therefore they take what they read as unknown and say nothing about values they cannot read.
 */

/** Pools have distinct names and at most one of them is the head. */
export function checkPools(pools: unknown, ctx: z.core.$RefinementCtx): void {
  if (!Array.isArray(pools)) return;
  const names = new Set<unknown>();
  let headSeen = false;
  for (const index of pools.keys()) {
    const name = valueAt(pools, [index, 'name']);
    if (typeof name === 'string' && names.has(name)) {
      report(ctx, { code: 'conflict', path: [index, 'name'], message: 'another pool has the same name' });
    }
    names.add(name);
    const isHead = valueAt(pools, [index, 'role']) === 'head';
    if (isHead && headSeen) report(ctx, { code: 'conflict', path: [index, 'role'], message: 'another pool has the role head already' });
    headSeen ||= isHead;
  }
}

/** A job with EFA or a placement group stands in one zone, and may not ask for another spread. */
export function checkPlacement(spec: unknown, ctx: z.core.$RefinementCtx): void {
  const spread = valueAt(spec, ['placement', 'spread']);
  if (needsOneZone(spec) && (spread === 'Any' || spread === 'Prefer')) {
    report(ctx, {
      code: 'conflict',
      path: ['placement', 'spread'],
      message: 'EFA and placement groups keep a job in one zone: leave spread out or write Single',
      suggestion: 'Single',
    });
  }
}

/** Whether something in the spec holds all nodes to one zone. */
export function needsOneZone(spec: unknown): boolean {
  const pools = valueAt(spec, ['nodePools']);
  const anyEfa = Array.isArray(pools) && pools.some((pool) => valueAt(pool, ['efa']) === true);
  return anyEfa || valueAt(spec, ['placement', 'placementGroup']) === true;
}

/** What only Slurm knows. */
const SLURM_OPTIONS = ['nodes', 'tasksPerNode', 'exclusive', 'noticeSignal', 'noticeSeconds', 'accounting'] as const;

/** Only a runtime that is installed has a version and options. */
export function checkRuntime(runtime: unknown, ctx: z.core.$RefinementCtx): void {
  if (valueAt(runtime, ['type']) !== 'None') return;
  if (valueAt(runtime, ['version']) !== undefined) {
    report(ctx, { code: 'conflict', path: ['version'], message: 'runtime None installs nothing, so it has no version' });
  }
  for (const option of SLURM_OPTIONS) {
    if (valueAt(runtime, [option]) !== undefined) report(ctx, { code: 'conflict', path: [option], message: `runtime None has no scheduler: ${option} is an option of Slurm` });
  }
}

/** A file system is named by its id; the head node's own disk has none. */
export function checkStorage(storage: unknown, ctx: z.core.$RefinementCtx): void {
  const type = valueAt(storage, ['type']);
  const hasId = valueAt(storage, ['fileSystemId']) !== undefined;
  if (type === 'HeadNode' && hasId) {
    report(ctx, { code: 'conflict', path: ['fileSystemId'], message: 'storage HeadNode is the head node’s own disk, so it has no file system id' });
  }
  if ((type === 'EFS' || type === 'FSx') && !hasId) {
    report(ctx, { code: 'missing', path: ['fileSystemId'], message: `is required: the id of the ${type} file system` });
  }
}
