import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
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

  it('keeps colours of all kinds, and ends them with the line', () => {
    for (const colour of ['1', '38;5;8', '38;2;5;6;8', '4;97;48;5;6', '58;5;5']) expect(printableLine(`\u001B[${colour}mx`, true)).toBe(`\u001B[${colour}mx\u001B[0m`);
    for (const end of ['', '0', '0;0']) expect(printableLine(`\u001B[1mx\u001B[${end}m`, true)).toBe(`\u001B[1mx\u001B[${end}m`);
  });

  it.each(['8', '1;5', '38;5;1;8', '38;2;1;2;3;6'])('shows what would not be seen, or blinks: %s', (code) => {
    expect(printableLine(`a\u001B[${code}mb`, true)).toBe('ab');
  });

  it('takes no endless sequence for a colour', () => {
    expect(printableLine(`\u001B[${'1'.repeat(50)}mx`, true)).not.toContain('\u001B');
  });

  it('turns no text around, and goes to no other line', () => {
    expect([printable('a\u202Eb\u2066c\u2029\u200F\u061Cd'), printableLine('a\u202Eb\u2028\u200E\u200Fc', true)]).toEqual(['abcd', 'abc']);
  });

  const odd = fc.array(fc.constantFrom('\u001B', '[', ']', 'm', '0', '31', ';', '\u009B', '\u0007', '\u0000', '\r', '\u202E', 'P', '\\', '(', 'a', '\t', '\u001B[', '\u001B]8;;'))
    .map((parts) => parts.join(''));

  it('leaves no way to the terminal but colours, whatever is put together', () => {
    fc.assert(fc.property(odd, (text) => {
      expect(printableLine(text, false)).not.toMatch(/[\u0000-\u0008\u000A-\u001F\u007F-\u009F\u202E]/);
      expect(printableLine(text, true).replaceAll(/\u001B\[[\d;]*m/g, '')).not.toMatch(/[\u0000-\u0008\u000A-\u001F\u007F-\u009F\u202E]/);
    }), { numRuns: 1000 });
  });

  it.each(['plain', 'ümläut 漢字 🚀', ''])('stays as it is: %j', (text) => {
    expect([printable(text), printableLine(text, true)]).toEqual([text, text]);
  });
});
