import { shareStore } from '../../composition/stores.ts';
import { apiHandler } from '../../runtime/api-handler.ts';
import { getShares } from './get-shares.ts';

export const handler = apiHandler(getShares({ shares: shareStore }));
