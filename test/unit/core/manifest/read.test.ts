import { describe, expect, it } from '@jest/globals';
import { parseManifest } from '../../../../core/manifest/parse.ts';
import type { ManifestProblemCode } from '../../../../core/manifest/problems.ts';
import { problemsOf } from './definitions.ts';

type Case = readonly [what: string, text: string, code: ManifestProblemCode, line: number, column: number];

const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]', ...'bcdefghi'.split('').map((key, index) => {
  const before = '*' + 'abcdefghi'.charAt(index);
  return `${key}: &${key} [${Array.from({ length: 9 }, () => before).join(', ')}]`;
})].join('\n');

const cases: readonly Case[] = [
  ['nothing', '', 'empty-document', 1, 1],
  ['only a comment', '# later\n', 'empty-document', 1, 1],
  ['null', 'null', 'empty-document', 1, 1],
  ['two documents', 'kind: A\n---\nkind: B\n', 'multiple-documents', 2, 1],
  ['a tab as indentation', 'spec:\n\tttlSeconds: 1\n', 'invalid-syntax', 2, 1],
  ['an open bracket', 'spec: [1,\n', 'invalid-syntax', 2, 1],
  ['a bad indentation', 'spec:\n  a: 1\n b: 2\n', 'invalid-syntax', 3, 1],
  ['a JavaScript tag', 'kind: !!js/function "x"\n', 'unsupported-yaml', 1, 7],
  ['a tag of its own', 'a: 1\nkind: !secret x\n', 'unsupported-yaml', 2, 7],
  ['binary data', 'kind: !!binary aGk=\n', 'unsupported-yaml', 1, 7],
  ['a list as key', '? [a]\n: 1\n', 'unsupported-yaml', 1, 3],
  ['YAML 1.1', '%YAML 1.1\n---\nkind: yes\n', 'unsupported-yaml', 1, 1],
  ['an alias of nothing', 'kind: *there\n', 'unknown-alias', 1, 7],
  ['an alias before its anchor', 'a: *b\nb: &b 1\n', 'unknown-alias', 1, 4],
  ['a merge key', 'base: &b {kind: A}\n<<: *b\n', 'unsupported-yaml', 2, 1],
  ['101 aliases', `a: &a 1\nb:\n${'- *a\n'.repeat(101)}`, 'too-many-aliases', 103, 3],
  ['billions of laughs', bomb, 'too-many-aliases', 1, 1],
  ['itself', 'a: &a [*a]\n', 'too-deep', 1, 8],
  ['a hundred thousand brackets', '['.repeat(100_000), 'too-deep', 1, 1],
  ['forty nested lists', '- '.repeat(40), 'too-deep', 1, 67],
  ['__proto__', 'a: {}\n__proto__: {}\n', 'forbidden-key', 2, 1],
  ['a key twice', 'a: 1\nb: {c: 1, "c": 2}\n', 'duplicate-key', 2, 11],
  ['infinity', 'a: 1\nb: [.inf]\n', 'not-json', 2, 5],
  ['a null character', 'kind: a\0\n', 'invalid-encoding', 1, 8],
  ['a bell', 'a: 1\nb: \u0007\n', 'invalid-encoding', 2, 4],
  ['an escaped null character', 'kind: "\\0"\n', 'invalid-encoding', 1, 7],
  ['half a surrogate pair', 'kind: 🧬\uDC00\n', 'invalid-encoding', 1, 9],
  ['more than 256 KiB', `a: ${'ä'.repeat(140_000)}`, 'too-large', 1, 1],
];

describe('YAML is refused that is or has', () => {
  it.each(cases)('%s', (what, text, code, line, column) => {
    // Where the stack ends is not ours to say.
    const position = what.includes('brackets') ? {} : { line, column };
    expect(problemsOf(parseManifest(text))).toContainEqual(expect.objectContaining({ code, ...position }));
  });

  it('takes exactly 256 KiB for reading', () => {
    const text = `a: ${'x'.repeat(256 * 1024 - 3)}`;
    expect(problemsOf(parseManifest(text)).map(({ code }) => code)).not.toContain('too-large');
    expect(problemsOf(parseManifest(`${text}x`)).map(({ code }) => code)).toEqual(['too-large']);
  });

  it('says only once what one slip means', () => {
    expect(problemsOf(parseManifest('- : 1\n1: 2: 3\n'))).toHaveLength(1);
  });

  it('stays bounded for a text of directives', () => {
    expect(problemsOf(parseManifest('%a\n'.repeat(80_000))).length).toBeLessThanOrEqual(101);
  });
});

describe('JSON is refused that has', () => {
  it.each<Case>([
    ['a comma too many', '{"kind": 1,}', 'invalid-syntax', 1, 12],
    ['no end', '{"kind": 1', 'invalid-syntax', 1, 11],
    ['a comment', '{\n// x\n}', 'invalid-syntax', 2, 1],
    ['NaN', '{"kind": NaN}', 'invalid-syntax', 1, 10],
    ['a comma before a bracket', '[1, 2, ]', 'invalid-syntax', 1, 8],
    ['a key without quotes', '{a: 1}', 'invalid-syntax', 1, 2],
    ['a second value', '{} {}', 'invalid-syntax', 1, 4],
    ['a wrong bracket', '[1}', 'invalid-syntax', 1, 3],
    ['a line break in text', '["a\nb"]', 'invalid-syntax', 1, 2],
    ['nothing', '', 'invalid-syntax', 1, 1],
    ['a zero too many', '{"a": 01}', 'invalid-syntax', 1, 7],
    ['a key twice', '{\n\t"kind": 1,\n\t"kind": 2\n}', 'duplicate-key', 3, 2],
    ['one value after a tab', '\t1', 'wrong-type', 1, 2],
    ['half a surrogate pair', '{"kind": "\\ud800"}', 'invalid-encoding', 1, 10],
    ['__proto__', '{"__proto__": {}}', 'forbidden-key', 1, 2],
  ])('%s', (_, text, code, line, column) => {
    expect(problemsOf(parseManifest(text, { format: 'json' }))).toContainEqual(expect.objectContaining({ code, line, column }));
  });
});
