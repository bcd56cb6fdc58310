/** One token of JSON after white space: punctuation, text, or a number or word. */
const TOKEN = /[\t\n\r ]*(?:([{}[\],:])|("(?:[^"\\\p{Cc}]|[\u007F-\u009F]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![A-Za-z0-9_]))/uy;

const SPACE = /[\t\n\r ]*/y;

type Expected = 'value' | 'value or end' | 'key' | 'key or end' | 'colon' | 'comma or end' | 'nothing';

/**
 * Offset of the first character at which a text stops being JSON, its length when it ends too early.
 * For texts that JSON.parse refuses: what it says has a position only at times.
 */
export function jsonErrorOffset(text: string): number {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let end = 0;
  for (;;) {
    TOKEN.lastIndex = end;
    const match = TOKEN.exec(text);
    const next: Expected | null | undefined = match && follow(expected, match[1] ?? (match[2] === undefined ? 'scalar' : 'text'), open);
    if (next === null || next === undefined) return skipSpace(text, end);
    expected = next;
    end = TOKEN.lastIndex;
  }
}

function skipSpace(text: string, offset: number): number {
  SPACE.lastIndex = offset;
  SPACE.exec(text);
  return SPACE.lastIndex;
}

/** What may come after a token, `undefined` if the token itself may not come here. Keeps the stack of open brackets. */
function follow(expected: Expected, kind: string, open: ('{' | '[')[]): Expected | undefined {
  const after = (): Expected => (open.length === 0 ? 'nothing' : 'comma or end');
  const closes = (bracket: '{' | '['): Expected | undefined => {
    if (open.at(-1) !== bracket) return undefined;
    open.pop();
    return after();
  };
  const wantsValue = expected === 'value' || expected === 'value or end';
  const wantsKey = expected === 'key' || expected === 'key or end';
  switch (kind) {
    case '{':
    case '[':
      if (!wantsValue) return undefined;
      open.push(kind);
      return kind === '{' ? 'key or end' : 'value or end';
    case '}':
      return expected === 'key or end' || expected === 'comma or end' ? closes('{') : undefined;
    case ']':
      return expected === 'value or end' || expected === 'comma or end' ? closes('[') : undefined;
    case ',':
      if (expected !== 'comma or end') return undefined;
      return open.at(-1) === '{' ? 'key' : 'value';
    case ':':
      return expected === 'colon' ? 'value' : undefined;
    case 'text':
      if (wantsKey) return 'colon';
      return wantsValue ? after() : undefined;
    default:
      return wantsValue ? after() : undefined;
  }
}
