import type { z } from 'zod';
import { DNS_LABEL } from '../manifest/fields.ts';
import { report, valueAt } from '../manifest/problems.ts';
import { nearest } from '../manifest/suggest.ts';
import { amountsOf } from './amounts.ts';
import { checkGuarantees } from './check-guarantees.ts';
import { findCycles } from './find-cycles.ts';
import { shareText, type ListedShare } from './listed-share.ts';

/*
 * Rules between shares. They run even where a field failed its own check, so that all problems are told at once;
 * therefore they take what they read as unknown and say nothing about values they cannot read.
 */

type Context = z.core.$RefinementCtx;

/** Levels under the deployment that groups may make: each is looked at for every job that starts. */
const MAX_LEVELS = 16;

export const MAX_NAME_LENGTH = 128;
/** So many shares of a cycle are named. */
const MAX_SHOWN = 10;

const NAMESPACE_KEYS = ['pendingJobs', 'maxPriority', 'users'] as const;

/** Shares make a tree: distinct names, parents that exist and are groups, no cycles, guarantees that fit under the limits. */
export function checkShares(document: unknown, ctx: Context): void {
  const shares = listShares(valueAt(document, ['shares']));
  const byName = new Map(shares.toReversed().map((share) => [share.name, share]));
  for (const share of shares) checkKind(share, valueAt(document, ['shares', share.index]), ctx);
  const isEachFine = shares.map((share) => [checkName(share, byName, ctx), checkParent(share, byName, ctx)]).flat().every(Boolean);
  const isTree = checkShape(shares, byName, ctx) && isEachFine;
  if (isTree) checkGuarantees(shares, amountsOf(valueAt(document, ['limits'])), ctx);
}

function listShares(written: unknown): readonly ListedShare[] {
  if (!Array.isArray(written)) return [];
  return written.flatMap((share: unknown, index): ListedShare[] => {
    const name = valueAt(share, ['name']);
    const parent = valueAt(share, ['parent']);
    if (!isName(name)) return [];
    return [{
      index, name,
      kind: valueAt(share, ['kind']) === 'namespace' ? 'namespace' : 'group',
      ...(isName(parent) ? { parent } : {}),
      limits: amountsOf(valueAt(share, ['limits'])),
      guarantee: amountsOf(valueAt(share, ['guarantee'])),
    }];
  });
}

/** What is longer is refused by its field, and messages shall not repeat it. */
const isName = (value: unknown): value is string => typeof value === 'string' && value.length <= MAX_NAME_LENGTH;

/** Whether the name stands for this share. */
function checkName(share: ListedShare, byName: ReadonlyMap<string, ListedShare>, ctx: Context): boolean {
  const { index, name, kind } = share;
  const first = byName.get(name) ?? share;
  if (first !== share) {
    report(ctx, { code: 'conflict', path: ['shares', index, 'name'], message: `shares[${first.index}] is called ${name} already` });
  }
  if (kind === 'namespace' && !DNS_LABEL.test(name)) {
    const message = 'must be a namespace, a DNS label: 1 to 63 lowercase letters, digits and hyphens, with a letter or digit at both ends';
    report(ctx, { code: 'invalid-value', path: ['shares', index, 'name'], message });
  }
  return first === share;
}

/** What has a meaning for namespaces only. */
function checkKind(share: ListedShare, written: unknown, ctx: Context): void {
  if (share.kind === 'namespace') return;
  for (const key of NAMESPACE_KEYS) {
    if (valueAt(written, [key]) === undefined) continue;
    report(ctx, { code: 'conflict', path: ['shares', share.index, key], message: `${shareText(share)} has no ${key}: only what has kind: namespace does` });
  }
}

/** Whether there is such a parent, and it may have children. */
function checkParent(share: ListedShare, byName: ReadonlyMap<string, ListedShare>, ctx: Context): boolean {
  if (share.parent === undefined) return true;
  const path = ['shares', share.index, 'parent'];
  const parent = byName.get(share.parent);
  if (parent === undefined) {
    const groups = [...byName.values()].filter(({ kind, name }) => kind === 'group' && name !== share.name);
    const suggestion = nearest(share.parent, groups.map(({ name }) => name));
    report(ctx, { code: 'invalid-value', path, message: `no share is called ${share.parent}`, ...(suggestion === undefined ? {} : { suggestion }) });
    return false;
  }
  if (parent.kind === 'namespace') {
    report(ctx, { code: 'conflict', path, message: `${shareText(share)} cannot stand under namespace ${parent.name}: under a namespace stand its users` });
    return false;
  }
  return true;
}

/** Whether it is a tree, and no deeper than it may be. */
function checkShape(shares: readonly ListedShare[], byName: ReadonlyMap<string, ListedShare>, ctx: Context): boolean {
  const cycles = findCycles(shares, byName);
  for (const cycle of cycles) {
    const [first] = cycle;
    if (first === undefined) continue;
    const message = cycle.length === 1 ? `${shareText(first)} is its own parent` : `makes a cycle: ${roundTrip(cycle)}`;
    report(ctx, { code: 'conflict', path: ['shares', first.index, 'parent'], message });
  }
  if (cycles.length > 0) return false;
  const tooDeep = shares.filter((share) => levelOf(share, byName) === MAX_LEVELS + 1);
  for (const share of tooDeep) {
    report(ctx, { code: 'too-deep', path: ['shares', share.index, 'parent'], message: `${shareText(share)} stands on level ${MAX_LEVELS + 1}; there are at most ${MAX_LEVELS}` });
  }
  return tooDeep.length === 0;
}

/** The way round a cycle, without the middle of a long one. */
function roundTrip(cycle: readonly ListedShare[]): string {
  const names = cycle.map(({ name }) => name);
  const shown = names.length <= MAX_SHOWN ? names : [...names.slice(0, MAX_SHOWN - 1), '…', ...names.slice(-1)];
  return [...shown, ...names.slice(0, 1)].join(' → ');
}

/** Directly under the deployment is level 1; counted no further than is asked about. */
function levelOf(share: ListedShare, byName: ReadonlyMap<string, ListedShare>): number {
  let level = 1;
  for (let above = parentOf(share, byName); above !== undefined && level <= MAX_LEVELS + 1; above = parentOf(above, byName)) level += 1;
  return level;
}

const parentOf = ({ parent }: ListedShare, byName: ReadonlyMap<string, ListedShare>): ListedShare | undefined =>
  parent === undefined ? undefined : byName.get(parent);
