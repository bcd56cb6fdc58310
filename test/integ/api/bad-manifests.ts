import { stringify } from 'yaml';
import { nowhereToBeHad } from './submissions.ts';

/** A manifest that is not acceptable, and what has to be said about it. */
export interface BadManifest {
  readonly what: string;
  readonly text: string;
  readonly status: 400 | 413 | 422;
  /** Paths of the problems that have to be among those told. */
  readonly paths: readonly string[];
}

export const namespace = 'bad-input';
/** What all of them are made of: acceptable as it is. */
export const good = stringify(nowhereToBeHad(namespace, 'cluster'));

function changed(from: string | RegExp, to: string): string {
  const text = good.replace(from, () => to);
  if (text === good) throw new Error(`The manifest has no ${String(from)}:\n${good}`);
  return text;
}

const pool = (lines: string) => changed(/ {4}- name: head\n(?: {6}.*\n)+/, lines);
const withHook = (step: string) => changed('  ttlSeconds: 600\n', `  hooks:\n    onRun:\n      - name: Work\n${step}`);
const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]', ...'bcdefghi'.split('').map((name, i) => {
  const before = 'abcdefghi'.charAt(i);
  return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]`;
})].join('\n');

const unreadable: readonly BadManifest[] = [
  { what: 'nothing', text: '', status: 400, paths: ['$'] },
  { what: 'tabs', text: good.replaceAll('  ', '\t'), status: 400, paths: ['$'] },
  { what: 'JSON that ends too early', text: '{"apiVersion": "orch', status: 400, paths: ['$'] },
  { what: 'control characters', text: `${good}# \u0007\n`, status: 400, paths: ['$'] },
  { what: 'a bracket that is never closed', text: `${good}  extra: [1, 2\n`, status: 400, paths: ['$'] },
  { what: '300 KiB', text: `${good}# ${'x'.repeat(300 * 1024)}\n`, status: 413, paths: [] },
  { what: 'a little more than 256 KiB', text: `${good}# ${'x'.repeat(257 * 1024)}\n`, status: 413, paths: ['$'] },
];

const notOne: readonly BadManifest[] = [
  { what: 'a scalar', text: 'hello', status: 422, paths: ['$'] },
  { what: 'a list', text: '[1, 2, 3]', status: 422, paths: ['$'] },
  { what: 'two documents', text: `${good}---\n${good}`, status: 422, paths: ['$'] },
  { what: 'a billion laughs', text: bomb, status: 422, paths: ['$'] },
  { what: 'a tag that makes an object of its own', text: changed('count: 1', 'count: !!js/function "return 1"'), status: 422, paths: ['$'] },
  { what: 'a key twice', text: changed('  ttlSeconds: 600\n', '  ttlSeconds: 600\n  ttlSeconds: 700\n'), status: 422, paths: ['spec.ttlSeconds'] },
  { what: 'a key nobody knows', text: changed('ttlSeconds:', 'ttlSecond:'), status: 422, paths: ['spec.ttlSecond'] },
  { what: 'a prototype', text: `${good}__proto__:\n  polluted: true\n`, status: 422, paths: ['__proto__'] },
  { what: 'another format', text: changed('/v1alpha1', '/v9'), status: 422, paths: ['apiVersion'] },
  { what: 'another namespace', text: changed(`namespace: ${namespace}`, 'namespace: other'), status: 422, paths: ['metadata.namespace'] },
];

const wrongValues: readonly BadManifest[] = [
  { what: 'no nodes', text: changed('count: 1', 'count: 0'), status: 422, paths: ['spec.nodePools[0].count'] },
  { what: 'fewer nodes than none', text: changed('count: 1', 'count: -3'), status: 422, paths: ['spec.nodePools[0].count'] },
  { what: 'half a node', text: changed('count: 1', 'count: 0.5'), status: 422, paths: ['spec.nodePools[0].count'] },
  { what: 'a number as text', text: changed('count: 1', 'count: "1"'), status: 422, paths: ['spec.nodePools[0].count'] },
  { what: 'no number', text: changed('count: 1', 'count: .nan'), status: 422, paths: ['spec.nodePools[0].count'] },
  { what: 'more nodes than the deployment allows', text: changed('count: 1', 'count: 101'), status: 422, paths: ['spec.nodePools'] },
  { what: 'more nodes than there are', text: changed('count: 1', 'count: 99999999999999999999'), status: 422, paths: ['spec.nodePools[0].count'] },
  { what: 'an instance type nobody knows', text: changed('r6i.2xlarge', 'r6i.2xlrge'), status: 422, paths: ['spec.nodePools[0].instanceType'] },
  { what: 'a zone nobody knows', text: changed('region: us-east-1', 'region: us-east-1\n    availabilityZones: [us-east-1x]'), status: 422, paths: ['spec.placement.availabilityZones[0]'] },
  { what: 'a region that is not served', text: changed('us-east-1', 'eu-west-1'), status: 422, paths: ['spec.placement.region'] },
  { what: 'a negative time', text: changed('600', '-600'), status: 422, paths: ['spec.ttlSeconds'] },
  { what: 'no pools', text: pool('    []\n'), status: 422, paths: ['spec.nodePools'] },
  { what: 'two pools of one name', text: pool('    - {name: a, count: 1, instanceType: m6i.large}\n    - {name: a, count: 1, instanceType: m6i.large}\n'), status: 422, paths: ['spec.nodePools[1].name'] },
  { what: 'a hook with script and image', text: withHook('        script: echo\n        image: aws-cli:latest\n'), status: 422, paths: ['spec.hooks.onRun[0].image'] },
  { what: 'a hook with neither', text: withHook('        timeoutSeconds: 60\n'), status: 422, paths: ['spec.hooks.onRun[0]'] },
  { what: 'EKS', text: changed('  ttlSeconds: 600\n', '  runtime: {type: EKS}\n'), status: 422, paths: ['spec.runtime.type'] },
];

const shellNames: readonly BadManifest[] = ['$(reboot)', 'a;b', '`id`', '../../etc', 'a b', "x'y", 'é', 'a'.repeat(64), '-', 'A'].map((name) => ({
  what: `the name ${name}`, text: changed('name: cluster', `name: ${JSON.stringify(name)}`), status: 422, paths: ['metadata.name'],
}));

export const badManifests: readonly BadManifest[] = [...unreadable, ...notOne, ...wrongValues, ...shellNames];
