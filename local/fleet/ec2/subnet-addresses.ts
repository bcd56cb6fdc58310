import type { Instance } from '../model.ts';

/** The addresses that an instance holds until it is terminated. */
export function heldAddresses({ address, interfaces = [] }: Instance): string[] {
  return [...new Set([address, ...interfaces.flatMap((card) => card.address ?? [])])];
}

/** The cloud's answer to DescribeSubnets, less the addresses that instances of the fleet hold. */
export function withoutHeldAddresses(xml: string, instances: readonly Instance[]): string {
  const held = new Map<string, number>();
  for (const instance of instances) {
    if (instance.state !== 'terminated') {
      held.set(instance.subnetId, (held.get(instance.subnetId) ?? 0) + heldAddresses(instance).length);
    }
  }
  return xml.replaceAll(
    /(<subnetId>([^<]*)<\/subnetId>(?:(?!<subnetId>).)*?<availableIpAddressCount>)(\d+)/gs,
    (_whole, before: string, id: string, count: string) => `${before}${Math.max(0, Number(count) - (held.get(id) ?? 0))}`,
  );
}
