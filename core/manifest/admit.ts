import type { AccountQuotas } from '../ports/market-knowledge.ts';
import { checkQuotas } from './admit-quotas.ts';
import { formatPath, summarise } from './problems.ts';
import type { ManifestProblem, ManifestProblemCode, Path } from './problems.ts';
import type { Manifest, NodePool, Placement } from './schema.ts';
import { nearest } from './suggest.ts';

/** What a deployment knows about an instance type. */
export interface InstanceTypeFacts {
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly gpus: number;
  /** Such as `x86_64` and `arm64`. */
  readonly architectures: readonly string[];
  /** Zones that offer it; absent when that is not known. */
  readonly zones?: readonly string[];
  /** Whether it has an Elastic Fabric Adapter; absent means no. */
  readonly efa?: boolean;
  /** Whether cluster placement groups take it; absent means yes. */
  readonly clusterGroups?: boolean;
}

/** What a deployment serves and allows. What is optional is not offered when it is absent. */
export interface DeploymentFacts {
  readonly regions: readonly string[];
  /** Zones served, by region. */
  readonly zones: Readonly<Record<string, readonly string[]>>;
  readonly instanceTypes: ReadonlyMap<string, InstanceTypeFacts>;
  readonly maxNodesPerJob: number;
  readonly runtimes: readonly string[];
  /** Names of the deployment's machine images. */
  readonly amiAliases: readonly string[];
  /** Cloud providers; `aws` when absent. */
  readonly providers?: readonly string[];
  /** Kinds of storage beside the head node's own. */
  readonly storageTypes?: readonly string[];
  /** vCPUs that the account may run; absent when nobody knows. */
  readonly accountQuotas?: AccountQuotas;
}

const AMI_ID = /^ami-(?:[0-9a-f]{8}|[0-9a-f]{17})$/;

/**
 * Checks a valid manifest against a deployment: does it serve what is asked for? All problems at once, without
 * positions, which `withPositions` adds where there is a text.
 */
export function checkAgainstDeployment({ spec }: Manifest, facts: DeploymentFacts): readonly ManifestProblem[] {
  const { placement, nodePools, runtime, storage } = spec;
  return [
    ...offered(placement.provider, facts.providers ?? ['aws'], ['spec', 'placement', 'provider'], 'provider'),
    ...offered(placement.region, facts.regions, ['spec', 'placement', 'region'], 'region'),
    ...checkZones(spec.placement, facts),
    ...offered(runtime.type, facts.runtimes, ['spec', 'runtime', 'type'], 'runtime'),
    ...offered(storage.type, ['HeadNode', ...(facts.storageTypes ?? [])], ['spec', 'storage', 'type'], 'storage'),
    ...checkSize(nodePools, facts.maxNodesPerJob),
    ...checkQuotas(nodePools, (type) => facts.instanceTypes.get(type)?.vcpus, facts.accountQuotas ?? new Map())
      .map(({ code, path, message, value, suggestion }) => problem(code, path, message, value, suggestion)),
    ...checkOneZone(nodePools, placement, facts),
    ...nodePools.flatMap((pool, index) => checkPool(pool, ['spec', 'nodePools', index], spec.placement, facts)),
  ];
}

function problem(code: ManifestProblemCode, path: Path, message: string, value?: unknown, suggestion?: string): ManifestProblem {
  return {
    code,
    path: formatPath(path),
    message,
    ...(value === undefined ? {} : { value: summarise(value) }),
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

function offered(value: string, choice: readonly string[], path: Path, what: string): readonly ManifestProblem[] {
  if (choice.includes(value)) return [];
  const list = choice.length === 0 ? 'none' : choice.join(', ');
  return [problem('not-offered', path, `this deployment does not serve the ${what} ${value}; it serves: ${list}`, value, nearest(value, choice))];
}

function checkZones({ region, availabilityZones }: Placement, facts: DeploymentFacts): readonly ManifestProblem[] {
  const served = servedZones(region, facts);
  // Of a region that is not served nothing is known; that it is not is told once, at the region.
  if (availabilityZones === 'any' || served.length === 0) return [];
  return availabilityZones.flatMap((zone, index) => offered(zone, served, ['spec', 'placement', 'availabilityZones', index], 'zone'));
}

const servedZones = (region: string, { zones }: DeploymentFacts): readonly string[] => (Object.hasOwn(zones, region) ? (zones[region] ?? []) : []);

function checkSize(pools: readonly NodePool[], maxNodes: number): readonly ManifestProblem[] {
  const nodes = pools.reduce((sum, { count }) => sum + count, 0);
  if (nodes <= maxNodes) return [];
  return [problem('limit-exceeded', ['spec', 'nodePools'], `asks for ${nodes} nodes; this deployment allows ${maxNodes} a job`, nodes)];
}

function checkPool(pool: NodePool, path: Path, placement: Placement, facts: DeploymentFacts): readonly ManifestProblem[] {
  const types = pool.instanceTypes.map((type, index) => ({
    type,
    facts: facts.instanceTypes.get(type),
    path: [...path, 'instanceType', ...(pool.instanceTypes.length > 1 ? [index] : [])],
  }));
  const unknown = types.filter((each) => each.facts === undefined);
  return [
    ...unknown.map((each) =>
      problem('not-offered', each.path, `this deployment knows no instance type ${each.type}`, each.type, nearest(each.type, [...facts.instanceTypes.keys()]))),
    ...types.flatMap((each) => checkTypeInZones(each.type, each.facts, each.path, placement, facts)),
    ...types
      .filter((each) => pool.efa && each.facts !== undefined && each.facts.efa !== true)
      .map((each) => problem('not-offered', [...path, 'efa'], `${each.type} has no Elastic Fabric Adapter`)),
    ...types
      .filter((each) => placement.placementGroup && each.facts?.clusterGroups === false)
      .map((each) => problem('not-offered', each.path, `cluster placement groups do not take ${each.type}: name another type or leave out placementGroup`, each.type)),
    ...checkArchitectures(types.flatMap((each) => (each.facts === undefined ? [] : [{ type: each.type, architectures: each.facts.architectures }])), path),
    ...checkMachineImage(pool.image, [...path, 'image'], facts.amiAliases),
  ];
}

function checkTypeInZones(
  type: string, known: InstanceTypeFacts | undefined, path: Path, placement: Placement, facts: DeploymentFacts,
): readonly ManifestProblem[] {
  const offering = known?.zones;
  const wanted = wantedZones(placement, facts);
  if (offering === undefined || wanted.length === 0 || wanted.some((zone) => offering.includes(zone))) return [];
  const served = servedZones(placement.region, facts).filter((zone) => offering.includes(zone));
  const elsewhere = served.length > 0
    ? `this deployment has it in ${served.join(', ')}`
    : `of the zones that have it (${offering.join(', ') || 'none'}) this deployment serves none`;
  return [problem('not-offered', path, `${type} is in none of the zones asked for (${wanted.join(', ')}); ${elsewhere}`, type)];
}

const wantedZones = ({ availabilityZones, region }: Placement, facts: DeploymentFacts): readonly string[] =>
  availabilityZones === 'any' ? servedZones(region, facts) : availabilityZones;

/** A job in one zone needs a zone that has something for each pool. What no zone has is told at the type. */
function checkOneZone(pools: readonly NodePool[], placement: Placement, facts: DeploymentFacts): readonly ManifestProblem[] {
  if (placement.spread !== 'Single') return [];
  const wanted = wantedZones(placement, facts);
  const zonesOf = ({ instanceTypes }: NodePool): readonly string[] =>
    wanted.filter((zone) => instanceTypes.some((type) => facts.instanceTypes.get(type)?.zones?.includes(zone) ?? true));
  const byPool = pools.map((pool) => ({ pool, zones: zonesOf(pool) }));
  if (byPool.some(({ zones }) => zones.length === 0) || wanted.some((zone) => byPool.every(({ zones }) => zones.includes(zone)))) return [];
  const list = byPool.map(({ pool, zones }) => `${pool.name} in ${zones.join(', ')}`).join('; ');
  return [problem('not-offered', ['spec', 'placement'], `keeps the job in one zone, and none has instance types of every pool: ${list}`)];
}

/** One image boots a pool, so its types need an architecture in common: that of most of them is suggested. */
function checkArchitectures(types: readonly { readonly type: string; readonly architectures: readonly string[] }[], path: Path): readonly ManifestProblem[] {
  const names = [...new Set(types.flatMap(({ architectures }) => architectures))];
  const withArchitecture = (name: string): readonly string[] => types.filter(({ architectures }) => architectures.includes(name)).map(({ type }) => type);
  const [most = []] = names.map(withArchitecture).toSorted((a, b) => b.length - a.length);
  if (most.length === types.length) return [];
  const others = types.map(({ type }) => type).filter((type) => !most.includes(type));
  const message = `mixes processor architectures (${names.join(' and ')}); a pool has one: leave out ${others.join(', ')}`;
  return [problem('conflict', [...path, 'instanceType'], message, undefined, most.join(', '))];
}

function checkMachineImage(image: string | undefined, path: Path, aliases: readonly string[]): readonly ManifestProblem[] {
  if (image === undefined || AMI_ID.test(image) || aliases.includes(image)) return [];
  const list = aliases.length === 0 ? 'none' : aliases.join(', ');
  return [problem('not-offered', path, `is neither an AMI id nor a machine image of this deployment: ${list}`, image, nearest(image, aliases))];
}
