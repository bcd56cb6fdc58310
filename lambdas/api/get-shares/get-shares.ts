import { operations } from '../../../core/api/operations.ts';
import { NO_VERSION, viewDefaultShares, viewShares } from '../../../core/api/shares-view.ts';
import type { SharesView } from '../../../core/api/shares-view.ts';
import { SharesNotFoundError } from '../../../core/errors/orchestrator-error.ts';
import type { ShareStore } from '../../../core/ports/share-store.ts';
import type { ApiOperation } from '../../runtime/api-handler.ts';

/** The shares in force, or a version of them. */
export function getShares(ports: { readonly shares: Pick<ShareStore, 'current' | 'version'> }): ApiOperation<typeof operations.getShares> {
  return {
    schema: operations.getShares,
    run: async ({ query: { version } }) => {
      const body = await find(ports.shares, version);
      return { status: 200, body, headers: { etag: `"${body.version}"` } };
    },
  };
}

async function find(shares: Pick<ShareStore, 'current' | 'version'>, version: number | undefined): Promise<SharesView> {
  if (version === NO_VERSION) return viewDefaultShares();
  const found = version === undefined ? await shares.current(true) : await shares.version(version);
  if (found !== undefined) return viewShares(found);
  if (version === undefined) return viewDefaultShares();
  throw new SharesNotFoundError(`There is no version ${version} of the shares.`, { version });
}
