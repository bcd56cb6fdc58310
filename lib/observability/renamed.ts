/** Arithmetic over what names stand for, with other names for it. Functions, and other words that name nothing, stay as they are. */
export function renamed<Part>(expression: string, parts: Readonly<Record<string, Part>>, fresh: (name: string) => string): {
  readonly expression: string;
  readonly parts: Readonly<Record<string, Part>>;
} {
  return {
    expression: expression.replaceAll(/\b[a-z]\w*\b/g, (word) => (Object.hasOwn(parts, word) ? fresh(word) : word)),
    parts: Object.fromEntries(Object.entries(parts).map(([name, part]) => [fresh(name), part])),
  };
}
