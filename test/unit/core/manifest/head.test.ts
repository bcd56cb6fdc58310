import { describe, expect, it } from '@jest/globals';
import { headPool } from '../../../../core/manifest/head.ts';
import { withScript } from '../../../../core/manifest/script.ts';
import { manifest } from './definitions.ts';

const pool = (name: string, role?: 'head') => ({ name, count: 2, instanceType: 'm6i.large', ...(role === undefined ? {} : { role }) });

describe('headPool', () => {
  it.each([
    ['the role', [pool('a'), pool('head'), pool('c', 'head')], 'c'],
    ['the name head', [pool('a'), pool('head-node'), pool('head')], 'head'],
    ['the name head-node', [pool('a'), pool('head-node')], 'head-node'],
    ['the order', [pool('a'), pool('b')], 'a'],
  ] as const)('goes by %s', (_, pools, name) => {
    expect(headPool(manifest({ nodePools: [...pools] })).name).toBe(name);
  });
});

describe('withScript', () => {
  it('adds the script as the last step of the run', () => {
    const before = manifest({ hooks: { onRun: [{ name: 'script', script: 'a' }] } });
    const result = withScript(before, 'echo hi');
    if (!result.ok) throw new Error('refused');
    expect(result.manifest.spec.hooks.onRun).toMatchObject([{ name: 'script', script: 'a' }, { kind: 'script', name: 'script-2', script: 'echo hi', env: {} }]);
    expect(before.spec.hooks.onRun).toHaveLength(1);
  });

  it.each([
    ['', 'invalid-value'], ['\n', 'invalid-value'], ['a\0', 'invalid-encoding'], ['\uDC00', 'invalid-encoding'], ['x'.repeat(65_537), 'out-of-range'],
  ])('refuses %j', (script, code) => {
    expect(withScript(manifest(), script)).toMatchObject({ ok: false, problems: [{ code, path: 'script' }] });
  });
});
