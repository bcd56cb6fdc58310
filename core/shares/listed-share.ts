import type { ShareAmounts } from './share-tree.ts';

/** A share of a document, as far as it could be read. */
export interface ListedShare {
  /** Its place in the list. */
  readonly index: number;
  readonly name: string;
  readonly kind: 'group' | 'namespace';
  readonly parent?: string;
  readonly limits: ShareAmounts;
  readonly guarantee: ShareAmounts;
}

/** How messages call it. */
export const shareText = ({ kind, name }: Pick<ListedShare, 'kind' | 'name'>): string => `${kind} ${name}`;
