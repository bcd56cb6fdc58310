import type { Origin } from '../../../core/audit/origin.ts';
import { operations } from '../../../core/api/operations.ts';
import { sharesRefusalOf } from '../../../core/api/refuse-document.ts';
import { NO_VERSION, viewShareChange } from '../../../core/api/shares-view.ts';
import { formatOf } from '../../../core/api/submission.ts';
import type { Deployment } from '../../../core/deployment/deployment.ts';
import { VersionConflictError } from '../../../core/errors/orchestrator-error.ts';
import type { EpochMs } from '../../../core/job/ids.ts';
import type { ManifestProblem } from '../../../core/manifest/problems.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { SchedulerStore } from '../../../core/ports/scheduler-store.ts';
import type { ShareStore } from '../../../core/ports/share-store.ts';
import { afterReleases } from '../../../core/scheduling/after-releases.ts';
import { diffShares } from '../../../core/shares/diff-shares.ts';
import { sharesDoubts } from '../../../core/shares/doubts.ts';
import { limitsBelowUse } from '../../../core/shares/limits-below-use.ts';
import { parseShares } from '../../../core/shares/parse.ts';
import { defaultShareTree, type ShareTree, type StoredShares } from '../../../core/shares/share-tree.ts';
import { toShareTree } from '../../../core/shares/to-share-tree.ts';
import type { ApiOperation } from '../../runtime/api-handler.ts';

export interface PutSharesPorts {
  readonly shares: Pick<ShareStore, 'current' | 'apply'>;
  readonly scheduler: Pick<SchedulerStore, 'overview'>;
  readonly deployment: Pick<Deployment, 'namespaces'>;
  readonly clock: Clock;
  readonly newAuditId: (nowMs: EpochMs) => string;
}

/** A document that may be applied, with what is doubtful about it. */
interface AcceptedShares {
  readonly tree: ShareTree;
  readonly written: unknown;
  readonly warnings: readonly ManifestProblem[];
}

/** Puts a share document in force as a whole, or says what it would change. Jobs that run go on, whatever it says. */
export function putShares(ports: PutSharesPorts): ApiOperation<typeof operations.putShares> {
  return {
    schema: operations.putShares,
    run: async ({ query: { dryRun, comment }, headers: { 'if-match': seen }, text, mediaType, user, origin }) => {
      const { tree, written, warnings } = await accept(ports, text, formatOf(text, mediaType));
      const current = await ports.shares.current(true);
      const changes = diffShares(current?.tree ?? defaultShareTree, tree);
      // Where nothing changes the caller has what it wants, maybe by this very request, sent a second time.
      if (changes.length > 0) refuseUnseen(current, seen);
      const applies = !dryRun && changes.length > 0;
      const author = { appliedBy: user, ...(comment === undefined ? {} : { comment }) };
      const inForce = applies ? await apply(ports, { tree, document: written, ...author }, current, origin) : current;
      const version = inForce?.version ?? NO_VERSION;
      const body = { dryRun, version, changes: changes.map(viewShareChange), warnings };
      return { status: applies ? 201 : 200, body, headers: { etag: `"${version}"` } };
    },
  };
}

/** @throws the error that tells all that is wrong with the document, limits that are below what runs included. */
async function accept({ scheduler, deployment }: PutSharesPorts, text: string, format: 'yaml' | 'json'): Promise<AcceptedShares> {
  const parsed = parseShares(text, format);
  if (!parsed.ok) throw sharesRefusalOf(parsed.problems);
  const { uses, releases } = await scheduler.overview();
  const below = limitsBelowUse(parsed.value, afterReleases(uses, releases));
  if (below.length > 0) throw sharesRefusalOf(parsed.tell(below));
  return { tree: toShareTree(parsed.value), written: parsed.written, warnings: parsed.tell(sharesDoubts(parsed.value, Object.keys(deployment.namespaces))) };
}

/** @throws VersionConflictError */
function refuseUnseen(current: StoredShares | undefined, seen: number | undefined): void {
  const version = current?.version ?? NO_VERSION;
  if (seen === undefined || seen === version) return;
  const by = current === undefined ? '' : `, applied by ${current.appliedBy}`;
  throw new VersionConflictError(`Version ${version} of the shares is in force${by}, not ${seen}: look at what it changed and apply again.`, { version, seen });
}

function apply(
  { shares, clock, newAuditId }: PutSharesPorts,
  wanted: Pick<StoredShares, 'tree' | 'document' | 'appliedBy' | 'comment'>,
  current: StoredShares | undefined,
  origin: Origin,
): Promise<StoredShares> {
  const atMs = clock.now();
  const expected = current?.version ?? NO_VERSION;
  const { appliedBy: by, comment: reason = '' } = wanted;
  return shares.apply({ ...wanted, appliedAtMs: atMs }, expected, { id: newAuditId(atMs), atMs, by, action: 'SharesApplied', target: `shares/${expected + 1}`, reason, origin });
}
