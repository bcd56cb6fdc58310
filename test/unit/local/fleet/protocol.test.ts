import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { freeAddresses, usableAddresses } from '../../../../local/fleet/ec2/addresses.ts';
import { page } from '../../../../local/fleet/protocol/paging.ts';
import { parseQuery } from '../../../../local/fleet/protocol/query.ts';
import { writeXml } from '../../../../local/fleet/protocol/xml.ts';

describe('the EC2 query protocol', () => {
  it('folds dotted keys into a tree, members in order of their numbers', () => {
    const body = 'Action=X&Filter.2.Name=b&Filter.1.Name=tag%3Ajob&Filter.1.Value.1=1&Filter.1.Value.10=3&Filter.1.Value.2=2';
    expect(parseQuery(body)).toEqual({
      Action: 'X',
      Filter: [{ Name: 'tag:job', Value: ['1', '2', '3'] }, { Name: 'b' }],
    });
  });

  it('writes lists as items and leaves out what is not there', () => {
    expect(writeXml({ set: [{ id: 'a<b' }, { id: '&' }], none: undefined, flag: true })).toBe(
      '<set><item><id>a&lt;b</id></item><item><id>&amp;</id></item></set><flag>true</flag>',
    );
  });

  it('writes nothing that XML cannot carry', () => {
    expect(writeXml({ text: 'a\u0000b\u001Bc\uFFFFd' })).toBe('<text>abcd</text>');
  });
});

describe('paging', () => {
  it('gives every item once, whatever the size of the page', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string()), fc.integer({ min: 1, max: 7 }), (items, size) => {
        const seen: string[] = [];
        let token: string | undefined;
        do {
          const found = page(items, (item) => item, token, size, 'Bad');
          seen.push(...found.items);
          token = found.nextToken;
        } while (token !== undefined);
        expect(seen.toSorted()).toEqual(items.toSorted());
      }),
    );
  });

  it('refuses a token that it did not give', () => {
    expect(() => page(['a'], (item) => item, 'guess', 1, 'InvalidNextToken')).toThrow('not valid');
  });
});

describe('addresses of a subnet', () => {
  it('are all but the five that AWS keeps', () => {
    expect([...freeAddresses('10.0.1.0/28', new Set(['10.0.1.5']))]).toHaveLength(10);
    expect(freeAddresses('10.0.1.0/28', new Set()).next().value).toBe('10.0.1.4');
    expect(usableAddresses('10.0.0.0/24')).toBe(251);
  });
});
