import type { Manifest, NodePool } from './schema.ts';

/** Names that make a pool the head where none has the role. */
const HEAD_NAMES: readonly string[] = ['head', 'head-node'];

/**
 * The pool whose first node is the head node, where the job and the post-run steps run: the pool with
 * `role: head`, else the one named `head` or `head-node`, else the first.
 */
export function headPool({ spec }: Pick<Manifest, 'spec'>): NodePool {
  const { nodePools } = spec;
  const named = HEAD_NAMES.map((name) => nodePools.find((pool) => pool.name === name)).find((pool) => pool !== undefined);
  const head = nodePools.find((pool) => pool.role === 'head') ?? named ?? nodePools[0];
  if (head === undefined) throw new TypeError('a validated manifest has a node pool');
  return head;
}

/** Whether the manifest means a pool to be the head, by role or name; else it is only the first. */
export const isHeadOnPurpose = ({ role, name }: Pick<NodePool, 'role' | 'name'>): boolean => role === 'head' || HEAD_NAMES.includes(name);
