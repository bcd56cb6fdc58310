/** An item as the document client gives and takes it. */
export type Item = Readonly<Record<string, unknown>>;

const utf8 = (text: string): number => Buffer.byteLength(text, 'utf8');

/** Bytes of an item as DynamoDB counts them: names and values, lists and maps with 3 and 1 an element on top. */
export function itemSize(item: object): number {
  const attributes = Object.entries(item).filter(([, value]) => value !== undefined);
  return attributes.reduce((sum, [name, value]) => sum + utf8(name) + valueSize(value), 0);
}

function valueSize(value: unknown): number {
  if (typeof value === 'string') return utf8(value);
  if (typeof value === 'number') return numberSize(String(value));
  if (value instanceof Uint8Array) return value.byteLength;
  if (Array.isArray(value)) return value.reduce((sum: number, element) => sum + 1 + valueSize(element), 3);
  if (typeof value === 'object' && value !== null) return itemSize(value) + 3 + Object.keys(value).length;
  return 1;
}

/** About a byte for two significant digits, and one on top. */
function numberSize(text: string): number {
  const significant = text.replace(/^-?0*|\.|0*$/gu, '').length;
  return Math.ceil(significant / 2) + 1;
}
