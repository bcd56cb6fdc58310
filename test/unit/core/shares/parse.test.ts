import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseShares, parseSharesValue } from '../../../../core/shares/parse.ts';
import { defaultShareTree } from '../../../../core/shares/share-tree.ts';
import { toShareTree } from '../../../../core/shares/to-share-tree.ts';

/** The problems of a document, each as `line:column path: message (suggestion)`. */
function problemsOf(text: string, format: 'yaml' | 'json' = 'yaml'): readonly string[] {
  const parsed = parseShares(text, format);
  if (parsed.ok) return [];
  return parsed.problems.map(({ line, column, path, message, suggestion }) => `${line}:${column} ${path}: ${message}${suggestion === undefined ? '' : ` (${suggestion})`}`);
}

const problemsOfShares = (...shares: readonly object[]): readonly string[] => {
  const parsed = parseSharesValue({ shares });
  return parsed.ok ? [] : parsed.problems.map(({ path, message }) => `${path}: ${message}`);
};

const group = (name: string, fields: object = {}) => ({ name, ...fields });
const namespace = (name: string, fields: object = {}) => ({ name, kind: 'namespace', ...fields });

describe('parseShares', () => {
  it('takes an empty mapping for what a deployment has without shares', () => {
    const parsed = parseShares('{}', 'yaml');
    expect(parsed.ok && toShareTree(parsed.value)).toEqual(defaultShareTree);
  });

  it('keeps what was written beside what it means', () => {
    const parsed = parseShares('{ "halfLifeHours": 24 }', 'json');
    expect(parsed).toMatchObject({ ok: true, written: { halfLifeHours: 24 }, value: { halfLifeHours: 24, maxLaunchesInFlight: 25 } });
  });

  it('says all that is wrong at once, where it stands, and what was meant', () => {
    const text = [
      'halflifeHours: 1',
      'limits: { nodes: 100, usdPerHour: -1 }',
      'quotas: { "Standrd/spot": 4000, "P/on-demand": x }',
      'defaults: { user: { wieght: 2 } }',
      'shares:',
      '  - { name: physics, weight: 0, users: {} }',
      '  - { name: lattice, kind: namespace, parent: physcs, maxPriority: 1001 }',
      '  - { name: vision, kind: namespace, users: { ann: { limits: { node: 2 } } } }',
    ].join('\n');
    expect(problemsOf(text)).toEqual([
      '1:1 halflifeHours: is not a key of a share document (halfLifeHours)',
      '2:35 limits.usdPerHour: must be at least 0',
      '3:11 quotas["Standrd/spot"]: is no quota: it must be family/market, such as Standard/spot, Standard/on-demand (Standard/spot)',
      '3:48 quotas["P/on-demand"]: must be a number, not text',
      '4:21 defaults.user.wieght: is not a key of defaults.user (weight)',
      '6:30 shares[0].weight: must be at least 0.001',
      '6:33 shares[0].users: group physics has no users: only what has kind: namespace does',
      '7:47 shares[1].parent: no share is called physcs (physics)',
      '7:68 shares[1].maxPriority: must be at most 1000',
      '8:64 shares[2].users.ann.limits.node: is not a key of shares[2].users.ann.limits (nodes)',
    ]);
  });

  it('bounds aliases and size, and refuses what is no document', () => {
    const laughs = Array.from({ length: 9 }, (_, n) => `a${n}: &a${n} [${Array.from({ length: 9 }, () => (n === 0 ? 'x' : `*a${n - 1}`)).join(', ')}]`).join('\n');
    expect(problemsOf(laughs)).toEqual([expect.stringContaining('aliases')]);
    expect(problemsOf(`# ${'x'.repeat(257 * 1024)}`)).toEqual([expect.stringContaining('256 KiB')]);
    expect(problemsOf('')).toEqual(['1:1 $: the document is empty: write a share document']);
    expect(problemsOf('[]')).toEqual(['1:1 $: must be a mapping, not a list']);
    expect(problemsOf('a: [')).toHaveLength(1);
  });

  it.each([0, -1, 1e6, 1e300])('refuses the weight %d', (weight) => {
    expect(problemsOfShares(group('a', { weight }))).toEqual([expect.stringMatching(/^shares\[0\]\.weight: must be at (?:least|most) /)]);
  });

  it('refuses weights that are no numbers', () => {
    expect(problemsOf('shares: [{ name: a, weight: .nan }, { name: b, weight: .inf }]')).toHaveLength(2);
    expect(problemsOfShares(group('a', { weight: '2' }))).toEqual(['shares[0].weight: must be a number: leave out the quotes']);
  });

  it('takes names of users in any script, and groups by any printable name', () => {
    const name = 'Zoë O’Neill 研究者 🧪';
    const parsed = parseSharesValue({ shares: [group('Abteilung für Physik'), namespace('ns', { parent: 'Abteilung für Physik', users: { [name]: { weight: 2 }, constructor: {} } })] });
    expect(parsed.ok && Object.keys(toShareTree(parsed.value).namespaces[0]?.users ?? {})).toEqual([name, 'constructor']);
    expect(problemsOfShares(group('a\nb'))).toEqual(['shares[0].name: must not contain control characters or line breaks']);
    expect(problemsOfShares(group('\u202Egnp.exe'))).toHaveLength(1);
  });

  it('holds namespaces to DNS labels', () => {
    expect(problemsOfShares(namespace('Physics_1'))).toEqual([expect.stringMatching(/^shares\[0\]\.name: must be a namespace, a DNS label/)]);
  });
});

describe('the tree of a share document', () => {
  it('has no name twice', () => {
    expect(problemsOfShares(group('a'), namespace('a'), group('a'))).toEqual(['shares[1].name: shares[0] is called a already', 'shares[2].name: shares[0] is called a already']);
  });

  it('has parents that are groups', () => {
    expect(problemsOfShares(namespace('ns'), group('g', { parent: 'ns' }))).toEqual(['shares[1].parent: group g cannot stand under namespace ns: under a namespace stand its users']);
  });

  it('has no cycles, and each that is there is told once, with the names of its nodes', () => {
    const found = problemsOfShares(
      group('self', { parent: 'self' }), group('c', { parent: 'a' }), group('a', { parent: 'b' }), group('b', { parent: 'c' }), group('hangs', { parent: 'b' }),
      group('x', { parent: 'y' }), group('y', { parent: 'x' }),
    );
    expect(found).toEqual([
      'shares[0].parent: group self is its own parent',
      'shares[1].parent: makes a cycle: c → a → b → c',
      'shares[5].parent: makes a cycle: x → y → x',
    ]);
  });

  it('does not repeat a long cycle in full', () => {
    const [found, ...others] = problemsOfShares(...Array.from({ length: 500 }, (_, n) => group(`g${n}`, { parent: `g${(n + 1) % 500}` })));
    expect(others).toEqual([]);
    expect(found).toMatch(/^shares\[0\]\.parent: makes a cycle: g0 → g1 → .* → … → g499 → g0$/);
    expect(found?.length).toBeLessThan(200);
  });

  it('is not deeper than the scheduler looks', () => {
    const chain = (length: number) => Array.from({ length }, (_, n) => group(`g${n}`, n === 0 ? {} : { parent: `g${n - 1}` }));
    expect(problemsOfShares(...chain(16))).toEqual([]);
    expect(problemsOfShares(...chain(20))).toEqual(['shares[16].parent: group g16 stands on level 17; there are at most 16']);
  });

  it('says all of it together with what is wrong in single fields', () => {
    const found = problemsOfShares(group('a', { parent: 'b', weight: 0 }), group('b', { parent: 'a', lend: 'no' }), group('b', { nodes: 1 }));
    expect(found.map((problem) => problem.split(':')[0])).toEqual(expect.arrayContaining(['shares[0].weight', 'shares[0].parent', 'shares[1].lend', 'shares[2].name', 'shares[2].nodes']));
  });

  it('never throws, whatever it is given', () => {
    const names = fc.constantFrom('a', 'b', 'c', 'A', '*', '');
    const amounts = fc.dictionary(fc.constantFrom('nodes', 'gpus', 'usdPerHour', 'x'), fc.oneof(fc.double(), fc.constant('1')));
    const share = fc.record({ name: fc.oneof(names, fc.anything()), parent: names, kind: fc.constantFrom('group', 'namespace', 'x'), limits: amounts, guarantee: amounts, users: fc.anything() }, { requiredKeys: [] });
    fc.assert(fc.property(fc.record({ limits: amounts, shares: fc.oneof(fc.array(share, { maxLength: 8 }), fc.anything()) }), (document) => {
      expect(['boolean']).toContain(typeof parseSharesValue(document).ok);
    }), { numRuns: 300 });
  });
});

describe('guarantees of a share document', () => {
  const problemsOfDocument = (document: object): readonly string[] => {
    const parsed = parseSharesValue(document);
    return parsed.ok ? [] : parsed.problems.map(({ path, message }) => `${path}: ${message}`);
  };

  it('fit into a share’s own limit', () => {
    expect(problemsOfShares(group('physics', { limits: { nodes: 10 }, guarantee: { nodes: 11, gpus: 5 } }))).toEqual([
      'shares[0].guarantee.nodes: group physics is guaranteed 11 nodes, more than its own limit of 10 nodes',
    ]);
    expect(problemsOfShares(group('physics', { limits: { nodes: 10 }, guarantee: { nodes: 10 } }))).toEqual([]);
  });

  it('fit together into the limit above them', () => {
    const children = [namespace('a', { parent: 'physics', guarantee: { usdPerHour: 0.2 } }), namespace('b', { parent: 'physics', guarantee: { usdPerHour: 0.1 } })];
    expect(problemsOfShares(group('physics', { limits: { usdPerHour: 0.3 } }), ...children)).toEqual([]);
    expect(problemsOfShares(group('physics', { limits: { usdPerHour: 0.29 } }), ...children)).toEqual([
      'shares[0].limits.usdPerHour: group physics is limited to 0.29 USD/h, less than what is guaranteed under it: a 0.20 USD/h, b 0.10 USD/h',
    ]);
  });

  it('have nothing to say where nothing is guaranteed', () => {
    expect(problemsOfShares(group('physics', { limits: { nodes: -1 } }))).toEqual(['shares[0].limits.nodes: must be at least 0']);
  });

  it('count at every level above them, a group’s own where it is more than its members’', () => {
    const document = {
      limits: { nodes: 100 },
      shares: [group('a', { guarantee: { nodes: 10 } }), namespace('a1', { parent: 'a', guarantee: { nodes: 60 } }), group('b', { guarantee: { nodes: 50 } }), namespace('b1', { parent: 'b', guarantee: { nodes: 5 } })],
    };
    expect(problemsOfDocument(document)).toEqual(['limits.nodes: the deployment is limited to 100 nodes, less than what is guaranteed under it: a 60 nodes, b 50 nodes']);
    expect(problemsOfDocument({ ...document, limits: { nodes: 110 } })).toEqual([]);
  });
});
