import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import canonicalize from 'canonicalize';
import * as fc from 'fast-check';
import { canonicalJson } from '../../../../core/manifest/canonical.ts';
import type { JsonValue } from '../../../../core/manifest/canonical.ts';
import { manifestDigest } from '../../../../core/manifest/digest.ts';
import { manifest } from './definitions.ts';

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

describe('canonicalJson', () => {
  it('writes the example of RFC 8785, section 3.2.2', () => {
    const value = {
      numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };
    expect(canonicalJson(value)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  it('sorts keys by UTF-16 code units, as in RFC 8785, section 3.2.3', () => {
    const value = { '€': 'Euro Sign', '\r': 'Carriage Return', '\uFB33': 'Hebrew Letter Dalet With Dagesh', '1': 'One', '😀': 'Emoji: Grinning Face', '\u0080': 'Control', 'ö': 'Latin Small Letter O With Diaeresis' };
    const order = Object.values(JSON.parse(canonicalJson(value)) as Record<string, string>);
    // Numeral keys come first in any parsed object; in the text it stands second.
    expect(canonicalJson(value).indexOf('"\\r"')).toBe(1);
    expect(order.filter((name) => name !== 'One' && name !== 'Carriage Return')).toEqual([
      'Control', 'Latin Small Letter O With Diaeresis', 'Euro Sign', 'Emoji: Grinning Face', 'Hebrew Letter Dalet With Dagesh',
    ]);
  });

  it.each([
    [0, '0'], [-0, '0'], [5e-324, '5e-324'], [-5e-324, '-5e-324'], [1.7976931348623157e308, '1.7976931348623157e+308'],
    [9007199254740992, '9007199254740992'], [295147905179352830000, '295147905179352830000'], [9.999999999999997e22, '9.999999999999997e+22'],
    [1e23, '1e+23'], [1.0000000000000001e23, '1.0000000000000001e+23'], [999999999999999700000, '999999999999999700000'],
    [1e21, '1e+21'], [9.999999999999997e-7, '9.999999999999997e-7'], [0.000001, '0.000001'], [333333333.3333332, '333333333.3333332'], [Number('1424953923781206.25'), '1424953923781206.2'],
  ])('writes the number %d of RFC 8785, appendix B', (number, text) => {
    expect(canonicalJson(number)).toBe(text);
  });

  it('agrees with the reference implementation', () => {
    fc.assert(fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      expect(canonicalJson(value as JsonValue)).toBe(canonicalize(value));
    }));
  });

  it.each([[Number.NaN], [Infinity], ['\uD800'], [undefined as never], [1n as never]])('refuses %p', (value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });
});

describe('manifestDigest', () => {
  it('is the same with defaults left out or written', () => {
    expect(manifestDigest(manifest(), sha256)).toBe(manifestDigest(manifest({ priority: 'normal', retry: { maxAttempts: 1 }, hooks: {} }), sha256));
  });

  it('differs when the meaning does', () => {
    expect(manifestDigest(manifest(), sha256)).not.toBe(manifestDigest(manifest({ priority: 501 }), sha256));
  });

  // A digest names stored versions: if this changes, every version stored so far loses its name.
  it('does not change between releases', () => {
    expect(manifestDigest(manifest(), sha256)).toBe('6d044f90edcdd6a8aa98e5bc8d380804bcb6b31ce22321b6ce9fbc3308052607');
  });
});
