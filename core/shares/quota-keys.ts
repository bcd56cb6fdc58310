import { quotaFamilies } from '../capacity/error-scope.ts';
import type { QuotaKey } from '../job/job.ts';

/** EC2 counts what is launched into reservations with on-demand. */
const countedMarkets = ['spot', 'on-demand'] as const;

/** Account quotas that a share document may name. */
export const quotaKeys: readonly QuotaKey[] = quotaFamilies.flatMap((family) => countedMarkets.map((market): QuotaKey => `${family}/${market}`));
