import type { Instance } from '../model.ts';

/** The cloud's answer to DescribeSubnets, less the addresses that instances of the fleet hold. */
export function withoutHeldAddresses(xml: string, instances: readonly Instance[]): string {
  const held = new Map<string, number>();
  for (const { subnetId, state } of instances) {
    if (state !== 'terminated') {
      held.set(subnetId, (held.get(subnetId) ?? 0) + 1);
    }
  }
  return xml.replaceAll(
    /(<subnetId>([^<]*)<\/subnetId>(?:(?!<subnetId>).)*?<availableIpAddressCount>)(\d+)/gs,
    (_whole, before: string, id: string, count: string) => `${before}${Math.max(0, Number(count) - (held.get(id) ?? 0))}`,
  );
}
