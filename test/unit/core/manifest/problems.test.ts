import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { positionAt } from '../../../../core/manifest/position.ts';
import { formatPath, parsePath, summarise } from '../../../../core/manifest/problems.ts';

describe('paths', () => {
  it.each([
    [[], '$'],
    [['spec', 'nodePools', 0, 'count'], 'spec.nodePools[0].count'],
    [['metadata', 'labels', 'cost-center'], 'metadata.labels["cost-center"]'],
    [[0, 'a'], '[0].a'],
    [['a"]b'], '["a\\"]b"]'],
  ])('%j is written %s', (path, text) => {
    expect(formatPath(path)).toBe(text);
  });

  it('are read back as they were', () => {
    const step = fc.oneof(fc.nat(), fc.string({ maxLength: 20 }));
    fc.assert(fc.property(fc.array(step), (path) => {
      expect(parsePath(formatPath(path))).toEqual(path);
    }));
  });
});

describe('positionAt', () => {
  it.each([[0, 1, 1], [2, 1, 3], [3, 2, 1], [4, 3, 1], [5, 3, 2], [99, 3, 3], [-1, 1, 1]])('offset %d is at %d:%d', (offset, line, column) => {
    expect(positionAt('ab\n\ncd', offset)).toEqual({ line, column });
  });
});

describe('summarise', () => {
  it('is short and safe for JSON whatever it is given', () => {
    fc.assert(fc.property(fc.anything(), (value) => {
      const short = summarise(value);
      expect(JSON.parse(JSON.stringify(short))).toEqual(Object.is(short, -0) ? 0 : short);
      expect(String(short).length).toBeLessThanOrEqual(80);
    }));
  });
});
