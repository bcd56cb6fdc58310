import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { jsonErrorOffset } from '../../../../core/manifest/json-syntax.ts';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('jsonErrorOffset', () => {
  it('reads all of what is JSON, and less of what is not', () => {
    const valid = fc.json({ maxDepth: 4 });
    const broken = fc.tuple(valid, fc.nat(60), fc.constantFrom('', ',', '"', '}', ']', 'x', '1', ':', '\n', ' ', '-', '\\')).map(([text, offset, piece]) =>
      text.slice(0, offset) + piece + text.slice(offset + 1));
    fc.assert(fc.property(fc.oneof(valid, broken), (text) => {
      const offset = jsonErrorOffset(text);
      if (isJson(text)) expect(offset).toBe(text.length);
      // What stands before the error is free of errors itself.
      expect(jsonErrorOffset(text.slice(0, offset))).toBe(offset);
    }), { numRuns: 500 });
  });

  it('takes long texts', () => {
    expect(jsonErrorOffset(`["${'a\\n'.repeat(80_000)}", x]`)).toBe(240_005);
    expect(jsonErrorOffset('['.repeat(250_000))).toBe(250_000);
    expect(jsonErrorOffset(`"${'a'.repeat(250_000)}`)).toBe(0);
    expect(jsonErrorOffset(`"${'\\n'.repeat(120_000)}`)).toBe(0);
  });
});
