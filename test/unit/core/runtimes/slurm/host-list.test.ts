import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { compressHosts, expandHosts } from '../../../../../core/runtimes/slurm/host-list.ts';

/** Names as nodes have them, and others that Slurm takes: digits before the hyphen, leading zeros, no number at all. */
const aName = fc.oneof(
  fc.tuple(fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,6}[a-z0-9])?$/), fc.nat({ max: 20_000 })).map(([pool, index]) => `${pool}-${index}`),
  fc.stringMatching(/^[a-z0-9-]{1,8}$/),
);

describe('compressHosts', () => {
  it.each([
    [[], ''],
    [['head-0'], 'head-0'],
    [['a-0', 'a-1', 'a-2', 'a-3', 'a-7', 'a-9', 'a-10'], 'a-[0-3,7,9-10]'],
    [['a-1', 'b-2', 'a-2'], 'a-1,b-2,a-2'],
    [['a-3', 'a-2'], 'a-[3,2]'],
    [['p4-9', 'p4-10', 'p5-11'], 'p4-[9-10],p5-11'],
    [['n07', 'n08', 'n10'], 'n0[7-8],n10'],
    [['login', 'a-5'], 'login,a-5'],
  ])('%j is %s', (names, list) => {
    expect(compressHosts(names)).toBe(list);
  });

  it('loses no name and keeps their order', () => {
    fc.assert(fc.property(fc.array(aName, { maxLength: 60 }), (names) => expect(expandHosts(compressHosts(names))).toEqual(names)));
  });

  it('writes ten thousand names of a pool in a few bytes', () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `gpu-workers-${index}`);
    expect(compressHosts(names)).toBe('gpu-workers-[0-9999]');
  });
});

describe('expandHosts', () => {
  it.each([
    ['n[08-10]', ['n08', 'n09', 'n10']],
    ['a-[0-1],b,c-[3]', ['a-0', 'a-1', 'b', 'c-3']],
    ['', []],
  ])('%s names %j', (list, names) => {
    expect(expandHosts(list)).toEqual(names);
  });

  it.each(['a-[3-1]', 'a-[', 'a-[x]', 'a-[0-999999999]', 'a]', 'a[1]b[2]', 'a-[1-]'])('does not guess at %s', (list) => {
    expect(expandHosts(list)).toBeUndefined();
  });
});
