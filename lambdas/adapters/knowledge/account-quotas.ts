import type { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { paginateListServiceQuotas } from '@aws-sdk/client-service-quotas';
import type { QuotaKey } from '../../../core/job/job.ts';
import type { EventLog } from '../../../core/ports/event-log.ts';

/**
 * Codes of EC2's vCPU quotas, by family as `quotaFamily` names them. Quotas that there are none of, such as Spot for
 * High Memory, are missing, and so is Mac, which is counted in dedicated hosts.
 */
const COUNTED: Readonly<Record<string, QuotaKey>> = {
  'L-1216C47A': 'Standard/on-demand',
  'L-34B43A08': 'Standard/spot',
  'L-DB2E81BA': 'G and VT/on-demand',
  'L-3819A6DF': 'G and VT/spot',
  'L-417A185B': 'P/on-demand',
  // "All P4, P3 and P2", and a code of its own for P5 in accounts that have both.
  'L-7212CCBC': 'P/spot',
  'L-C4BD4855': 'P/spot',
  'L-74FC7D96': 'F/on-demand',
  'L-88CF9481': 'F/spot',
  'L-7295265B': 'X/on-demand',
  'L-E3A00192': 'X/spot',
  'L-1945791B': 'Inf/on-demand',
  'L-B5D1601B': 'Inf/spot',
  'L-2C3B7624': 'Trn/on-demand',
  'L-6B0D517C': 'Trn/spot',
  'L-6E869C2A': 'DL/on-demand',
  'L-85EED4F7': 'DL/spot',
  'L-43DA4232': 'High Memory/on-demand',
  'L-F7808C92': 'HPC/on-demand',
};

/** A quota as Service Quotas lists it. */
interface ListedQuota {
  readonly QuotaCode?: string | undefined;
  readonly Value?: number | undefined;
  /** Why Service Quotas could not read it: what it says of the value then is not documented. */
  readonly ErrorReason?: { readonly ErrorCode?: string | undefined } | undefined;
}

const keyOf = (code: string): QuotaKey | undefined => (Object.hasOwn(COUNTED, code) ? COUNTED[code] : undefined);

/**
 * vCPUs by family and market. Of several quotas that count for one, the largest: what is refused for good must be
 * beyond all of them. One that Service Quotas could not read makes its family unknown, which refuses nothing.
 */
export function vcpuQuotas(listed: readonly ListedQuota[]): Readonly<Record<QuotaKey, number>> {
  const unread = new Set(unreadQuotas(listed));
  const vcpus: Record<QuotaKey, number> = {};
  for (const { QuotaCode: code = '', Value: value } of listed) {
    const key = keyOf(code);
    if (key !== undefined && value !== undefined && !unread.has(key)) vcpus[key] = Math.max(value, vcpus[key] ?? 0);
  }
  return vcpus;
}

function unreadQuotas(listed: readonly ListedQuota[]): QuotaKey[] {
  return listed.flatMap(({ QuotaCode: code = '', ErrorReason: error }) => (error === undefined ? [] : (keyOf(code) ?? [])));
}

/**
 * The account's vCPU quotas in the client's region. Needs `servicequotas:ListServiceQuotas`.
 *
 * @throws what Service Quotas says, or Error when it tells none of them.
 */
export async function readAccountQuotas(client: ServiceQuotasClient, log: EventLog): Promise<Readonly<Record<QuotaKey, number>>> {
  const listed: ListedQuota[] = [];
  for await (const page of paginateListServiceQuotas({ client }, { ServiceCode: 'ec2', MaxResults: 100 })) listed.push(...(page.Quotas ?? []));
  const unread = unreadQuotas(listed);
  if (unread.length > 0) log.warn('Service Quotas could not read some quotas', { quotas: unread });
  const vcpus = vcpuQuotas(listed);
  if (Object.keys(vcpus).length === 0) throw new Error('Service Quotas tells no vCPU quota of EC2');
  return vcpus;
}
