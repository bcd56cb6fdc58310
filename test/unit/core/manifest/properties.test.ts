import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { stringify } from 'yaml';
import { manifestDigest } from '../../../../core/manifest/digest.ts';
import { parseManifest, parseManifestValue } from '../../../../core/manifest/parse.ts';
import type { ManifestProblem } from '../../../../core/manifest/problems.ts';
import type { Manifest } from '../../../../core/manifest/schema.ts';
import { definition } from './definitions.ts';

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,8}[a-z0-9])?$/);
const text = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }).filter((value) => value.trim() !== '' && !/[\p{Cc}\u2028\u2029]/u.test(value));
const seconds = fc.integer({ min: 60, max: 2_592_000 });
const environment = fc.dictionary(fc.stringMatching(/^[A-NP-SU-Z_][A-Z0-9_]{0,5}$/), fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0')), { maxKeys: 3 });
const stepRest = { timeoutSeconds: seconds, env: environment };
const step = fc.oneof(
  fc.record({ name: text, script: text, ...stepRest }, { requiredKeys: ['name', 'script'] }),
  fc.record({ name: text, image: label, command: fc.array(text, { minLength: 1, maxLength: 3 }), ...stepRest }, { requiredKeys: ['name', 'image'] }),
);
const phase = fc.uniqueArray(step, { selector: ({ name }) => name, maxLength: 3 });
const pool = fc.record({
  name: label,
  count: fc.integer({ min: 1, max: 1000 }),
  instanceType: fc.oneof(label, fc.uniqueArray(label, { minLength: 1, maxLength: 3 })),
  purchaseOption: fc.constantFrom('OnDemand', 'Spot', 'SpotPreferred'),
  diskSizeGiB: fc.integer({ min: 8, max: 16_384 }),
  efa: fc.boolean(),
}, { requiredKeys: ['name', 'count', 'instanceType'] });
const validDefinition = fc.record({
  apiVersion: fc.constant('orchestrator.our-company.com/v1alpha1'),
  kind: fc.constant('ClusterDefinition'),
  metadata: fc.record({ name: label, namespace: label, labels: fc.dictionary(text, text, { maxKeys: 4 }) }, { requiredKeys: ['name', 'namespace'] }),
  spec: fc.record({
    nodePools: fc.uniqueArray(pool, { selector: ({ name }) => name, minLength: 1, maxLength: 4 }),
    placement: fc.record({ region: label, availabilityZones: fc.oneof(fc.constant('any'), fc.uniqueArray(label, { minLength: 1, maxLength: 3 })) }, { requiredKeys: ['region'] }),
    hooks: fc.record({ onConfigure: phase, onRun: phase, onPostRun: phase }, { requiredKeys: [] }),
    priority: fc.oneof(fc.integer({ min: 0, max: 1000 }), fc.constantFrom('low', 'normal', 'high', 'urgent')),
    capacity: fc.record({ maxUsdPerHour: fc.double({ min: 0.001, max: 1000, noNaN: true }) }),
    ttlSeconds: seconds,
  }, { requiredKeys: ['nodePools', 'placement'] }),
});

function accepted(parsed: ReturnType<typeof parseManifest>): Manifest {
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.manifest;
}

/** The same value with the keys of all its mappings the other way round. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).toReversed().map(([key, inner]) => [key, turned(inner)]));
}

function expectUseful(problems: readonly ManifestProblem[], source: string): void {
  const lines = source.split('\n');
  expect(problems.length).toBeGreaterThan(0);
  for (const { path, message, line, column } of problems.filter(({ code }) => code !== 'more-problems')) {
    expect(path).not.toBe('');
    expect(message).not.toBe('');
    expect(line).toBeGreaterThanOrEqual(1);
    expect(line).toBeLessThanOrEqual(lines.length);
    expect(column).toBeGreaterThanOrEqual(1);
    expect(column).toBeLessThanOrEqual((lines[(line ?? 1) - 1]?.length ?? 0) + 1);
  }
}

describe('any valid definition', () => {
  it('has one digest as YAML, as JSON and as a value, whatever the order of its keys', () => {
    fc.assert(fc.property(validDefinition, (value) => {
      const digest = manifestDigest(accepted(parseManifestValue(value)), sha256);
      for (const each of [value, turned(value)]) {
        expect(manifestDigest(accepted(parseManifest(stringify(each))), sha256)).toBe(digest);
        expect(manifestDigest(accepted(parseManifest(JSON.stringify(each), { format: 'json' })), sha256)).toBe(digest);
        expect(manifestDigest(accepted(parseManifest(JSON.stringify(each, null, '\t'))), sha256)).toBe(digest);
      }
    }), { numRuns: 30 });
  });
});

describe('any input', () => {
  const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => new TextDecoder().decode(array));
  const utf16 = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 200 }).map((units) => String.fromCharCode(...units));
  const yamlish = fc.array(fc.constantFrom('a', ':', ' ', '\n', '  ', '- ', '[', ']', '{', '}', '&a', '*a', '!!', '!x', '"', "'", '|', '>', '%', '---', '...', '?', '<<', '#', '\t', ',', '1', '.nan', '~', '@'), { maxLength: 60 }).map((parts) => parts.join(''));

  it.each([['bytes', bytes], ['UTF-16', utf16], ['pieces of YAML', yamlish]])('of %s is answered with problems in the text', (_, source) => {
    fc.assert(fc.property(source, (input) => {
      for (const format of ['yaml', 'json'] as const) {
        const parsed = parseManifest(input, { format });
        if (!parsed.ok) expectUseful(parsed.problems, input);
      }
    }), { numRuns: 120 });
  });

  it('that is a valid text with a part replaced is answered with problems in the text', () => {
    const valid = stringify(definition({ hooks: { onRun: [{ name: 'a', script: 'a\nb\n' }] } }));
    fc.assert(fc.property(fc.nat(valid.length), fc.nat(12), fc.oneof(yamlish, utf16), (start, length, piece) => {
      const input = valid.slice(0, start) + piece + valid.slice(start + length);
      const parsed = parseManifest(input);
      if (!parsed.ok) expectUseful(parsed.problems, input);
    }), { numRuns: 120 });
  });

  it('that is any value is answered', () => {
    fc.assert(fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true, withSparseArray: true, withNullPrototype: true }), (value) => {
      expect(parseManifestValue(value).ok).toBe(false);
    }));
  });

  it('that is a definition with any value in it is answered', () => {
    fc.assert(fc.property(fc.constantFrom('nodePools', 'placement', 'hooks', 'runtime', 'priority', 'storage', 'retry', 'capacity'), fc.jsonValue(), (key, value) => {
      const parsed = parseManifestValue({ ...definition(), spec: { ...definition().spec, [key]: value } });
      if (!parsed.ok) for (const problem of parsed.problems) expect(problem.path).toMatch(/^spec\b/);
    }), { numRuns: 120 });
  });
});
