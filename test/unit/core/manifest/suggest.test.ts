import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { editDistance, nearest } from '../../../../core/manifest/suggest.ts';

describe('editDistance', () => {
  it.each([['', '', 0], ['abc', '', 3], ['abc', 'abd', 1], ['abc', 'acb', 1], ['kitten', 'sitting', 3], ['ca', 'abc', 3]])('of %j and %j is %d', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });

  it('is symmetric, and nothing only between equals', () => {
    fc.assert(fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b) === 0).toBe(a === b);
    }));
  });
});

describe('nearest', () => {
  const keys = ['nodePools', 'placement', 'hooks', 'ttlSeconds', 'onConfigure', 'onRun'];
  it.each([
    ['nodePool', 'nodePools'], ['nodepools', 'nodePools'], ['hoosk', 'hooks'], ['ttl_seconds', 'ttlSeconds'], ['onConf', 'onConfigure'], ['on', undefined], ['color', undefined], ['', undefined],
    ['x'.repeat(1000), undefined],
  ])('to %j is %j', (seen, meant) => {
    expect(nearest(seen, keys)).toBe(meant);
  });
});
