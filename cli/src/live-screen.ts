/** Where a live screen is drawn. */
export interface ScreenPort {
  readonly write: (text: string) => void;
  /** As it is now: people resize their terminals. */
  readonly size: () => { readonly columns: number; readonly rows: number };
}

const CLEAR_BELOW = '\u001B[J';
const RESET = '\u001B[0m';

/** Draws each text over the one before it. What is above stays, and so does the last one. */
export function liveScreen({ write, size }: ScreenPort): (text: string) => void {
  let drawn = 0;
  return (text) => {
    const { columns, rows } = size();
    // The line below is where the cursor stands.
    const lines = text.replace(/\n$/, '').split('\n').slice(0, Math.max(1, rows - 1)).map((line) => cut(line, columns));
    const back = drawn === 0 ? '' : `\u001B[${drawn}A`;
    write(`${back}\r${CLEAR_BELOW}${lines.join('\n')}\n`);
    drawn = lines.length;
  };
}

/** The first characters of a line; colours take no room. A line that wraps would be drawn twice. */
function cut(line: string, columns: number): string {
  let room = columns;
  const parts = line.split(/(\u001B\[[\d;]*m)/).map((part, i) => {
    if (i % 2 === 1) return part;
    const kept = Array.from(part).slice(0, room);
    room -= kept.length;
    return kept.join('');
  });
  return room > 0 ? parts.join('') : `${parts.join('')}${line.includes('\u001B[') ? RESET : ''}`;
}
