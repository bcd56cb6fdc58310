import { describe, expect, it } from '@jest/globals';
import { liveScreen } from '../../../cli/src/live-screen.ts';

const UP = (lines: number) => `\u001B[${lines}A`;
const CLEAR = '\r\u001B[J';

function aScreen(columns = 20, rows = 5) {
  const written: string[] = [];
  return { written, show: liveScreen({ write: (text) => written.push(text), size: () => ({ columns, rows }) }) };
}

describe('a live screen', () => {
  it('draws each text over the one before', () => {
    const { written, show } = aScreen();
    show('one\ntwo\n');
    show('three\n');
    show('four\n');
    expect(written).toEqual([`${CLEAR}one\ntwo\n`, `${UP(2)}${CLEAR}three\n`, `${UP(1)}${CLEAR}four\n`]);
  });

  it('keeps to the terminal: the first lines, and of each what fits', () => {
    const { written, show } = aScreen(5, 3);
    show('1234567\nab\ncd\nef\n');
    expect(written).toEqual([`${CLEAR}12345\nab\n`]);
    show('x');
    expect(written.at(-1)).toBe(`${UP(2)}${CLEAR}x\n`);
  });

  it('does not count colours, and ends them where it cuts', () => {
    const { written, show } = aScreen(3, 5);
    show('\u001B[31mabcdef\u001B[39m\n\u001B[31mab\u001B[39m');
    expect(written).toEqual([`${CLEAR}\u001B[31mabc\u001B[39m\u001B[0m\n\u001B[31mab\u001B[39m\n`]);
  });
});
