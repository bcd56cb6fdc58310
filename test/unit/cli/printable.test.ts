import { describe, expect, it } from '@jest/globals';
import { printable, printableLine } from '../../../cli/src/output/printable.ts';

const hostile = '\u001B]0;owned\u0007a\u001B[2J\u001B[31mb\u001B[0m\u009B1mc\r\nd\te';

describe('what others wrote', () => {
  it('is on one line and does nothing to the terminal', () => {
    expect(printable(hostile)).toBe('abc d e');
  });

  it('keeps its tabs in a log, and its colours where there are colours', () => {
    expect(printableLine(hostile, false)).toBe('abcd\te');
    expect(printableLine(hostile, true)).toBe('a\u001B[31mb\u001B[0mcd\te');
  });

  it.each(['plain', 'ümläut 漢字 🚀', ''])('stays as it is: %j', (text) => {
    expect([printable(text), printableLine(text, true)]).toEqual([text, text]);
  });
});
