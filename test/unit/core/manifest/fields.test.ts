import { describe, expect, it } from '@jest/globals';
import { parseManifestValue } from '../../../../core/manifest/parse.ts';
import type { ManifestProblemCode } from '../../../../core/manifest/problems.ts';
import { definition, problemsOf } from './definitions.ts';

const pool = { name: 'head', count: 1, instanceType: 'm6i.large' };
const step = { name: 'a', script: 'true' };
const onRun = (...steps: readonly object[]): object => ({ hooks: { onRun: steps } });
const pools = (...nodePools: readonly object[]): object => ({ nodePools });
const named = (name: unknown): object => pools({ ...pool, name });
const counted = (count: unknown): object => pools({ ...pool, count });
const placed = (placement: object): object => ({ placement: { region: 'us-east-1', ...placement } });
const many = <Item>(length: number, item: (index: number) => Item): Item[] => Array.from({ length }, (_, index) => item(index));

type Case = readonly [what: string, spec: object, code: ManifestProblemCode, path: string];

const cases: readonly Case[] = [
  ['no pools', pools(), 'out-of-range', 'spec.nodePools'],
  ['pools that are no list', { nodePools: pool }, 'wrong-type', 'spec.nodePools'],
  ['a pool that is text', { nodePools: ['head'] }, 'wrong-type', 'spec.nodePools[0]'],
  ['33 pools', pools(...many(33, (index) => ({ ...pool, name: `p${index}` }))), 'out-of-range', 'spec.nodePools'],
  ['two pools of one name', pools(pool, { ...pool, count: 0 }), 'conflict', 'spec.nodePools[1].name'],
  ['two heads', pools({ ...pool, role: 'head' }, { ...pool, name: 'b', role: 'head' }), 'conflict', 'spec.nodePools[1].role'],
  ['an unknown role', pools({ ...pool, role: 'boss' }), 'invalid-value', 'spec.nodePools[0].role'],
  ['shell characters in a name', named('$(reboot)'), 'invalid-value', 'spec.nodePools[0].name'],
  ['a name with capitals', named('Head'), 'invalid-value', 'spec.nodePools[0].name'],
  ['an empty name', named(''), 'invalid-value', 'spec.nodePools[0].name'],
  ['a name of 64 letters', named('a'.repeat(64)), 'invalid-value', 'spec.nodePools[0].name'],
  ['a name that ends with a line feed', named('head\n'), 'invalid-value', 'spec.nodePools[0].name'],
  ['a name that is null', named(null), 'wrong-type', 'spec.nodePools[0].name'],
  ['no nodes', counted(0), 'out-of-range', 'spec.nodePools[0].count'],
  ['fewer than no nodes', counted(-1), 'out-of-range', 'spec.nodePools[0].count'],
  ['1001 nodes', counted(1001), 'out-of-range', 'spec.nodePools[0].count'],
  ['a huge number of nodes', counted(1e300), 'out-of-range', 'spec.nodePools[0].count'],
  ['half a node', counted(0.5), 'wrong-type', 'spec.nodePools[0].count'],
  ['a count in quotes', counted('64'), 'wrong-type', 'spec.nodePools[0].count'],
  ['not a number', counted(Number.NaN), 'not-json', 'spec.nodePools[0].count'],
  ['infinitely many', counted(Infinity), 'not-json', 'spec.nodePools[0].count'],
  ['no instance type', pools({ ...pool, instanceType: [] }), 'out-of-range', 'spec.nodePools[0].instanceType'],
  ['an instance type twice', pools({ ...pool, instanceType: ['a', 'b', 'a'] }), 'conflict', 'spec.nodePools[0].instanceType[2]'],
  ['an instance type that is a number', pools({ ...pool, instanceType: ['a', 1] }), 'wrong-type', 'spec.nodePools[0].instanceType[1]'],
  ['an instance type with a space', pools({ ...pool, instanceType: 'm6i large' }), 'invalid-value', 'spec.nodePools[0].instanceType'],
  ['a small disk', pools({ ...pool, diskSizeGiB: 1 }), 'out-of-range', 'spec.nodePools[0].diskSizeGiB'],
  ['a machine image with a space', pools({ ...pool, image: 'my image' }), 'invalid-value', 'spec.nodePools[0].image'],
  ['no placement', { placement: undefined }, 'not-json', 'spec.placement'],
  ['an empty placement', { placement: null }, 'wrong-type', 'spec.placement'],
  ['no region', { placement: {} }, 'missing', 'spec.placement.region'],
  ['zones that are a word', placed({ availabilityZones: 'all' }), 'invalid-value', 'spec.placement.availabilityZones'],
  ['no zones', placed({ availabilityZones: [] }), 'out-of-range', 'spec.placement.availabilityZones'],
  ['a zone twice', placed({ availabilityZones: ['a', 'a'] }), 'conflict', 'spec.placement.availabilityZones[1]'],
  ['a spread that a placement group forbids', placed({ placementGroup: true, spread: 'Any' }), 'conflict', 'spec.placement.spread'],
  ['a step with script and image', onRun({ ...step, image: 'x' }), 'conflict', 'spec.hooks.onRun[0].image'],
  ['a step with neither', onRun({ name: 'a' }), 'missing', 'spec.hooks.onRun[0]'],
  ['a script with a command', onRun({ ...step, command: ['a'] }), 'conflict', 'spec.hooks.onRun[0].command'],
  ['an empty command', onRun({ name: 'a', image: 'x', command: [] }), 'out-of-range', 'spec.hooks.onRun[0].command'],
  ['a command that is text', onRun({ name: 'a', image: 'x', command: 'ls -l' }), 'wrong-type', 'spec.hooks.onRun[0].command'],
  ['an empty script', onRun({ name: 'a', script: ' \n' }), 'invalid-value', 'spec.hooks.onRun[0].script'],
  ['a script of more than 64 KiB', onRun({ name: 'a', script: 'ä'.repeat(40_000) }), 'out-of-range', 'spec.hooks.onRun[0].script'],
  ['a script with U+0000', onRun({ name: 'a', script: 'a\0' }), 'invalid-encoding', 'spec.hooks.onRun[0].script'],
  ['half a surrogate pair', onRun({ name: '\uD800', script: 'a' }), 'invalid-encoding', 'spec.hooks.onRun[0].name'],
  ['a step name with an escape sequence', onRun({ ...step, name: 'a\u001B[2J' }), 'invalid-value', 'spec.hooks.onRun[0].name'],
  ['a step name that turns text around', onRun({ ...step, name: 'a\u202Eb' }), 'invalid-value', 'spec.hooks.onRun[0].name'],
  ['a long step name', onRun({ ...step, name: 'a'.repeat(129) }), 'out-of-range', 'spec.hooks.onRun[0].name'],
  ['two steps of one name', onRun(step, step), 'conflict', 'spec.hooks.onRun[1].name'],
  ['51 steps', onRun(...many(51, (index) => ({ ...step, name: `s${index}` }))), 'out-of-range', 'spec.hooks.onRun'],
  ['a time limit of nothing', onRun({ ...step, timeoutSeconds: 0 }), 'out-of-range', 'spec.hooks.onRun[0].timeoutSeconds'],
  ['a time limit of a year', onRun({ ...step, timeoutSeconds: 31_536_000 }), 'out-of-range', 'spec.hooks.onRun[0].timeoutSeconds'],
  ['a bad environment name', onRun({ ...step, env: { 'a-b': 'x' } }), 'invalid-value', 'spec.hooks.onRun[0].env["a-b"]'],
  ['a reserved environment name', onRun({ ...step, env: { ORCH_JOB_ID: 'x' } }), 'conflict', 'spec.hooks.onRun[0].env.ORCH_JOB_ID'],
  ['TRACEPARENT set by hand', onRun({ ...step, env: { TRACEPARENT: 'x' } }), 'conflict', 'spec.hooks.onRun[0].env.TRACEPARENT'],
  ['an environment value that is a number', onRun({ ...step, env: { A: 1 } }), 'wrong-type', 'spec.hooks.onRun[0].env.A'],
  ['101 environment names', onRun({ ...step, env: Object.fromEntries(many(101, (index) => [`A${index}`, ''])) }), 'out-of-range', 'spec.hooks.onRun[0].env'],
  ['runtime EKS', { runtime: { type: 'EKS' } }, 'not-supported', 'spec.runtime.type'],
  ['an unknown runtime', { runtime: { type: 'Nomad' } }, 'invalid-value', 'spec.runtime.type'],
  ['runtime None with a version', { runtime: { type: 'None', version: '23.02' } }, 'conflict', 'spec.runtime.version'],
  ['a Slurm version with a space', { runtime: { type: 'Slurm', version: '23.02; reboot' } }, 'invalid-value', 'spec.runtime.version'],
  ['a file system without id', { storage: { type: 'EFS' } }, 'missing', 'spec.storage.fileSystemId'],
  ['a file system that is not one', { storage: { type: 'FSx', fileSystemId: '/data' } }, 'invalid-value', 'spec.storage.fileSystemId'],
  ['an id for the head node’s disk', { storage: { type: 'HeadNode', fileSystemId: 'fs-01234567' } }, 'conflict', 'spec.storage.fileSystemId'],
  ['too high a priority', { priority: 1001 }, 'out-of-range', 'spec.priority'],
  ['too low a priority', { priority: -1 }, 'out-of-range', 'spec.priority'],
  ['an unknown priority class', { priority: 'hihg' }, 'invalid-value', 'spec.priority'],
  ['a priority that is a list', { priority: [1] }, 'wrong-type', 'spec.priority'],
  ['no attempts', { retry: { maxAttempts: 0 } }, 'out-of-range', 'spec.retry.maxAttempts'],
  ['a retry on success', { retry: { on: ['SUCCEEDED'] } }, 'invalid-value', 'spec.retry.on[0]'],
  ['a loss that nobody knows how to take', { onNodeLoss: 'Ignore' }, 'invalid-value', 'spec.onNodeLoss'],
  ['machines for nothing', { capacity: { maxUsdPerHour: 0 } }, 'out-of-range', 'spec.capacity.maxUsdPerHour'],
  ['a short search', { capacity: { timeoutSeconds: 1 } }, 'out-of-range', 'spec.capacity.timeoutSeconds'],
  ['a life of a second', { ttlSeconds: 1 }, 'out-of-range', 'spec.ttlSeconds'],
  ['a life of 31 days', { ttlSeconds: 31 * 86_400 }, 'out-of-range', 'spec.ttlSeconds'],
];

describe('a spec is refused that has', () => {
  it.each(cases)('%s', (_, spec, code, path) => {
    const problems = problemsOf(parseManifestValue({ ...definition(), spec: { ...definition().spec, ...spec } }));
    expect(problems).toContainEqual(expect.objectContaining({ code, path }));
    expect(problems.filter((problem) => problem.path === path)).toHaveLength(1);
  });
});

const withMetadata = (metadata: object): unknown => ({ ...definition(), metadata: { ...definition().metadata, ...metadata } });

describe('metadata is refused that has', () => {
  const labelCases: readonly Case[] = [
    ['a namespace that is no DNS label', { namespace: 'a/b' }, 'invalid-value', 'metadata.namespace'],
    ['41 labels', { labels: Object.fromEntries(many(41, (index) => [`l${index}`, ''])) }, 'out-of-range', 'metadata.labels'],
    ['an empty label key', { labels: { '': 'x' } }, 'out-of-range', 'metadata.labels[""]'],
    ['a long label key', { labels: { ['k'.repeat(129)]: 'x' } }, 'out-of-range', `metadata.labels["${'k'.repeat(127)}…"]`],
    ['a long label', { labels: { a: 'x'.repeat(257) } }, 'out-of-range', 'metadata.labels.a'],
    ['a label with a line break', { labels: { a: 'x\ny' } }, 'invalid-value', 'metadata.labels.a'],
    ['a label that is a number', { labels: { a: 5 } }, 'wrong-type', 'metadata.labels.a'],
    ['a label that AWS reserves', { labels: { 'aws:name': 'x' } }, 'invalid-value', 'metadata.labels["aws:name"]'],
  ];
  it.each(labelCases)('%s', (_, metadata, code, path) => {
    expect(problemsOf(parseManifestValue(withMetadata(metadata)))).toEqual([expect.objectContaining({ code, path })]);
  });

  it('any other text in labels is taken', () => {
    const labels = { 'Kostenstelle № 5': 'größer als "10" & $(x)', empty: '', '日本': '🧬' };
    expect(parseManifestValue(withMetadata({ labels }))).toMatchObject({ ok: true, manifest: { metadata: { labels } } });
  });
});

describe('a value is refused that is', () => {
  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  it.each<readonly [string, unknown, ManifestProblemCode]>([
    ['undefined', undefined, 'not-json'],
    ['null', null, 'wrong-type'],
    ['text', 'kind: ClusterDefinition', 'wrong-type'],
    ['a list', [], 'wrong-type'],
    ['a date', new Date(0), 'not-json'],
    ['a big integer', 1n, 'not-json'],
    ['a function', (): void => undefined, 'not-json'],
    ['its own part', cyclic, 'too-deep'],
    ['very wide', many(60_000, () => 0), 'too-large'],
    ['armed with __proto__', JSON.parse('{"__proto__": {"kind": 1}}'), 'forbidden-key'],
  ])('%s', (_, value, code) => {
    expect(problemsOf(parseManifestValue(value))[0]).toMatchObject({ code });
  });
});
