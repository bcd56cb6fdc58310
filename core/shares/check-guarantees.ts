import type { z } from 'zod';
import { report } from '../manifest/problems.ts';
import { limitedAmounts } from '../scheduling/amounts.ts';
import { withUnit } from '../scheduling/obstacle-text.ts';
import type { LimitedAmount } from '../scheduling/plan.ts';
import { documentName } from './amounts.ts';
import { shareText, type ListedShare } from './listed-share.ts';
import type { ShareAmounts } from './share-tree.ts';

/** So many shares are named in a message. */
const MAX_NAMED = 5;

/** A place with a limit, and what is guaranteed under it. */
interface Limited {
  readonly text: string;
  readonly path: readonly (string | number)[];
  readonly limits: ShareAmounts;
  readonly children: readonly ListedShare[];
}

/**
 * Everybody who is guaranteed something can have it at once: of each amount, what is kept under a node fits into the
 * node's limit. For a share is kept what it is guaranteed, or what those under it are guaranteed together if that is more.
 * The shares must be a tree.
 */
export function checkGuarantees(shares: readonly ListedShare[], deploymentLimits: ShareAmounts, ctx: z.core.$RefinementCtx): void {
  const children = Map.groupBy(shares, ({ parent }) => parent);
  const kept = (share: ListedShare, amount: LimitedAmount): number =>
    Math.max(share.guarantee[amount] ?? 0, (children.get(share.name) ?? []).reduce((sum, child) => sum + kept(child, amount), 0));
  const check = (place: Limited): void => limitedAmounts.forEach((amount) => checkAmount(place, amount, (share) => kept(share, amount), ctx));
  check({ text: 'the deployment', path: [], limits: deploymentLimits, children: children.get(undefined) ?? [] });
  for (const share of shares) {
    checkOwn(share, ctx);
    check({ text: shareText(share), path: ['shares', share.index], limits: share.limits, children: children.get(share.name) ?? [] });
  }
}

function checkOwn(share: ListedShare, ctx: z.core.$RefinementCtx): void {
  for (const amount of limitedAmounts) {
    const limit = share.limits[amount];
    const guaranteed = share.guarantee[amount];
    if (limit === undefined || guaranteed === undefined || guaranteed <= limit) continue;
    const message = `${shareText(share)} is guaranteed ${withUnit(amount, guaranteed)}, more than its own limit of ${withUnit(amount, limit)}`;
    report(ctx, { code: 'conflict', path: ['shares', share.index, 'guarantee', documentName(amount)], message });
  }
}

function checkAmount({ text, path, limits, children }: Limited, amount: LimitedAmount, kept: (share: ListedShare) => number, ctx: z.core.$RefinementCtx): void {
  const limit = limits[amount];
  if (limit === undefined) return;
  const claims = children.map((share) => ({ share, guaranteed: kept(share) })).filter(({ guaranteed }) => guaranteed > 0);
  const sum = claims.reduce((total, { guaranteed }) => total + guaranteed, 0);
  if (claims.length === 0 || sum <= limit) return;
  const named = claims.slice(0, MAX_NAMED).map(({ share, guaranteed }) => `${share.name} ${withUnit(amount, guaranteed)}`).join(', ');
  const more = claims.length > MAX_NAMED ? `, and ${claims.length - MAX_NAMED} more` : '';
  const message = `${text} is limited to ${withUnit(amount, limit)}, less than what is guaranteed under it: ${named}${more}`;
  report(ctx, { code: 'conflict', path: [...path, 'limits', documentName(amount)], message });
}
