/** AWS keeps the first four addresses of a subnet and the last. */
const KEPT_FIRST = 4;
const KEPT = 5;

/** The addresses of `cidr` that instances may have, in rising order, from one not yet in `used`. */
export function* freeAddresses(cidr: string, used: ReadonlySet<string>): Generator<string> {
  const { first, size } = range(cidr);
  for (let offset = KEPT_FIRST; offset < size - 1; offset += 1) {
    const address = dotted(first + offset);
    if (!used.has(address)) {
      yield address;
    }
  }
}

/** How many addresses of `cidr` instances may have in all. */
export function usableAddresses(cidr: string): number {
  return Math.max(0, range(cidr).size - KEPT);
}

function range(cidr: string): { first: number; size: number } {
  const [address = '', length = '24'] = cidr.split('/');
  const first = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return { first, size: 2 ** (32 - Number(length)) };
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}
