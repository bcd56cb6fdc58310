import type { LocatedProblem } from '../manifest/problems.ts';
import { nearest } from '../manifest/suggest.ts';
import { limitedAmounts } from '../scheduling/amounts.ts';
import { amountsOf, documentName } from './amounts.ts';
import { shareText } from './listed-share.ts';
import type { DocumentShare, ShareDocument } from './schema.ts';
import type { ShareAmounts } from './share-tree.ts';

/**
 * What is allowed in a share document but probably not meant: warnings, told beside a valid one.
 * @param served names of the namespaces that the deployment serves; `*` stands for all.
 */
export function sharesDoubts(document: ShareDocument, served: readonly string[]): readonly LocatedProblem[] {
  return document.shares.flatMap((share, index) => [...unserved(share, index, served), ...vainGuarantees(document, share, index)]);
}

/** A namespace may have its share before the deployment serves it, but more often one is mistyped. */
function unserved({ kind, name }: DocumentShare, index: number, served: readonly string[]): readonly LocatedProblem[] {
  if (kind !== 'namespace' || served.includes(name) || served.includes('*')) return [];
  const suggestion = nearest(name, served);
  const message = `this deployment serves no namespace ${name}`;
  return [{ code: 'not-offered', path: ['shares', index, 'name'], at: 'value', message, value: name, ...(suggestion === undefined ? {} : { suggestion }) }];
}

/** A guarantee is kept under the limits above it: where there are none, nothing is kept. */
function vainGuarantees(document: ShareDocument, share: DocumentShare, index: number): readonly LocatedProblem[] {
  const above = limitsAbove(document, share);
  const guaranteed = amountsOf(share.guarantee);
  return limitedAmounts.flatMap((amount): LocatedProblem[] => {
    if (guaranteed[amount] === undefined || above.some((limits) => limits[amount] !== undefined)) return [];
    const name = documentName(amount);
    const message = `${shareText(share)} is guaranteed ${name} that nothing above it limits, so nothing is kept: set limits.${name} of the deployment or of a group above it`;
    return [{ code: 'conflict', path: ['shares', index, 'guarantee', name], at: 'value', message }];
  });
}

function limitsAbove({ shares, limits }: ShareDocument, share: DocumentShare): readonly ShareAmounts[] {
  const above = [amountsOf(limits)];
  for (let { parent } = share; parent !== undefined; ) {
    const group = shares.find(({ name }) => name === parent);
    if (group !== undefined) above.push(amountsOf(group.limits));
    parent = group?.parent;
  }
  return above;
}
