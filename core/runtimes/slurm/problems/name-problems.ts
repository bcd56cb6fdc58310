import type { Manifest } from '../../../manifest/schema.ts';
import { nearest } from '../../../manifest/suggest.ts';
import type { Given } from '../batch/batch-options.ts';
import { expandHosts } from '../host-list.ts';
import { ALL_WORKERS } from '../partitions.ts';
import { headComputes } from '../roles.ts';
import { headPool } from '../../../manifest/head.ts';
import { inScript, type StepFinding } from './step-finding.ts';
import type { WorkerFacts } from './worker-facts.ts';

/** Partitions, nodes and features that a script names and the cluster has not. */
export function nameProblems(given: Given, manifest: Manifest, workers: readonly WorkerFacts[]): readonly StepFinding[] {
  return [...partitions(given, workers), ...nodes('nodelist', given, manifest, workers), ...nodes('exclude', given, manifest, workers), ...features(given, manifest, workers)];
}

function partitions(given: Given, workers: readonly WorkerFacts[]): readonly StepFinding[] {
  const directive = given.get('partition');
  const known = [...workers.map(({ pool }) => pool), ALL_WORKERS];
  return (directive?.value ?? '').split(',').filter((name) => name !== '' && !known.includes(name)).flatMap((name) =>
    directive === undefined ? [] : [inScript(directive, 'not-offered', `there is no partition ${name}; there are: ${known.join(', ')}`, nearest(name, known))]);
}

function nodes(option: 'nodelist' | 'exclude', given: Given, manifest: Manifest, workers: readonly WorkerFacts[]): readonly StepFinding[] {
  const directive = given.get(option);
  // With a slash it is a file that has the names.
  if (directive?.value === undefined || directive.value.includes('/')) return [];
  const unknown = expandHosts(directive.value)?.find((name) => !isWorker(name, manifest, workers));
  if (unknown === undefined) return [];
  const list = workers.map(({ pool, workers: count }) => `${count} of ${pool}`).join(', ');
  return [inScript(directive, 'not-offered', `${unknown} is no worker; there are ${list}, called ${exampleName(manifest, workers)} and so on`)];
}

const NODE_NAME = /^(?<pool>.+)-(?<index>0|[1-9]\d*)$/;

function isWorker(name: string, manifest: Manifest, workers: readonly WorkerFacts[]): boolean {
  const { pool, index = '' } = NODE_NAME.exec(name)?.groups ?? {};
  const found = workers.find((each) => each.pool === pool);
  if (found === undefined) return false;
  const first = firstWorker(found.pool, manifest);
  return Number(index) >= first && Number(index) < first + found.workers;
}

/** The head node is the first of its pool. */
const firstWorker = (pool: string, manifest: Manifest): number => (pool === headPool(manifest).name && !headComputes(manifest) ? 1 : 0);

const exampleName = (manifest: Manifest, [first]: readonly WorkerFacts[]): string => (first === undefined ? '' : `${first.pool}-${firstWorker(first.pool, manifest)}`);

/** What stands between the names in an expression of features: operators, brackets, and numbers of nodes. */
const BETWEEN_FEATURES = /(?:\*\d+|[&|,()[\]:])+/;

function features(given: Given, { spec: { placement } }: Manifest, workers: readonly WorkerFacts[]): readonly StepFinding[] {
  const directive = given.get('constraint');
  if (directive?.value === undefined) return [];
  const { region, availabilityZones } = placement;
  const known = [...workers.flatMap(({ pool, instanceTypes }) => [pool, ...instanceTypes]), ...(availabilityZones === 'any' ? [] : availabilityZones)];
  const isKnown = (name: string): boolean => known.includes(name) || (availabilityZones === 'any' && name.startsWith(region));
  const unknown = [...new Set(directive.value.split(BETWEEN_FEATURES))].filter((name) => name !== '' && !isKnown(name));
  return unknown.map((name) => inScript(directive, 'not-offered', `no node has the feature ${name}: nodes have those of their pool, zone and instance type`, nearest(name, known)));
}
