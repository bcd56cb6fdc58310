/** What fills two cells of a terminal: East Asian scripts, and most emoji. */
const wide = /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}/u;

const segmenter = new Intl.Segmenter();

const cellsOf = (character: string): number => (wide.test(character) ? 2 : 1);

/** How many cells of a terminal a text fills, about. */
export function cells(text: string): number {
  return [...characters(text)].reduce((sum, character) => sum + cellsOf(character), 0);
}

/** A text in so many cells: filled up, or cut with an ellipsis. */
export function fit(text: string, width: number): string {
  const full = cells(text);
  if (full <= width) return text + ' '.repeat(width - full);
  let cut = '';
  let used = 0;
  for (const character of characters(text)) {
    if (used + cellsOf(character) > width - 1) break;
    cut += character;
    used += cellsOf(character);
  }
  return width <= 0 ? '' : `${cut}…${' '.repeat(width - used - 1)}`;
}

function* characters(text: string): Generator<string> {
  for (const part of segmenter.segment(text)) yield part.segment;
}
