import { DEFAULT_PROVIDER } from '../../core/capacity/provider-registry.ts';
import { refusalOf } from '../../core/api/refuse-document.ts';
import type { ManifestSource } from '../../core/api/submission.ts';
import { efaInterfacesGiven, efaInterfacesOf, efaLaunchTemplate } from '../../core/capacity/efa.ts';
import { namespaceSettings } from '../../core/deployment/deployment.ts';
import type { Deployment, NamespaceSettings } from '../../core/deployment/deployment.ts';
import { demandOf } from '../../core/job/demand.ts';
import type { Demand } from '../../core/job/job.ts';
import { checkAgainstDeployment } from '../../core/manifest/admit.ts';
import { parseManifest, parseManifestValue } from '../../core/manifest/parse.ts';
import { withPositions } from '../../core/manifest/position.ts';
import type { ManifestProblem } from '../../core/manifest/problems.ts';
import type { Manifest, NodePool } from '../../core/manifest/schema.ts';
import { withScript } from '../../core/manifest/script.ts';
import { nearest } from '../../core/manifest/suggest.ts';
import type { InstanceCatalogue, InstanceTypeFacts } from '../../core/ports/capacity-provider.ts';
import type { AccountQuotas, MarketKnowledge } from '../../core/ports/market-knowledge.ts';
import { acceptRuntime, type AcceptedRuntime, type RuntimePorts } from './accept-runtime.ts';

/** Where a provider has machines, and of which types. */
export interface ServedProvider {
  readonly catalogue: InstanceCatalogue;
  readonly region: string;
  readonly zones: readonly string[];
  /** Where the provider itself has a bound, beside the deployment's. */
  readonly maxNodesPerJob?: number;
}

export interface AcceptancePorts extends RuntimePorts {
  readonly deployment: Deployment;
  readonly catalogue: InstanceCatalogue;
  readonly knowledge: Pick<MarketKnowledge, 'accountQuotas'>;
  /** Providers beside AWS, by the names that manifests use; absent: none. */
  readonly otherProviders?: ReadonlyMap<string, ServedProvider>;
}

/** A manifest that this deployment can run. */
export interface AcceptedManifest {
  readonly manifest: Manifest;
  readonly demand: Demand;
  /** Release of its runtime that the deployment's images bring along, if it needs one. */
  readonly runtimeVersion?: string;
  readonly warnings: readonly ManifestProblem[];
}

/** What belongs to a manifest beyond what it says itself: where it was sent, and the script that came with it. */
export interface Delivery {
  readonly namespace?: string;
  readonly name?: string;
  readonly script?: string;
}

/** So many types may a manifest name in all: each is looked up, with its price. */
const MAX_DISTINCT_TYPES = 64;
/** So many are named to whoever asks for a namespace that is not served. */
const MAX_NAMESPACES_TOLD = 20;
/** Where problems of the script beside a manifest are. */
const SCRIPT_PATH = 'script';

/** Reads a manifest, validates it and checks it against the deployment. Throws the error that tells all its problems. */
export async function acceptManifest(
  ports: AcceptancePorts,
  source: Exclude<ManifestSource, { kind: 'stored' }>,
  delivery: Delivery,
): Promise<AcceptedManifest> {
  const parsed = source.kind === 'text' ? parseManifest(source.text, { format: source.format }) : parseManifestValue(source.value);
  if (!parsed.ok) throw refusalOf(parsed.problems);
  const { problems, warnings, ...accepted } = await examine(ports, parsed.manifest, delivery);
  const placed = (found: readonly ManifestProblem[]) => (source.kind === 'text' ? inText(source.text, found) : found);
  if (problems.length > 0) throw refusalOf(placed(problems));
  return { manifest: parsed.manifest, ...accepted, warnings: [...parsed.warnings, ...placed(warnings)] };
}

/** Checks a manifest that was stored before: the deployment may have changed since. */
export async function acceptStored(ports: AcceptancePorts, manifest: Manifest, delivery: Delivery): Promise<AcceptedManifest> {
  const { problems, ...accepted } = await examine(ports, manifest, delivery);
  if (problems.length > 0) throw refusalOf(problems);
  return { manifest, ...accepted };
}

/** What is wrong with the script beside a manifest has no place in the manifest's text. */
function inText(text: string, problems: readonly ManifestProblem[]): readonly ManifestProblem[] {
  const { true: ofScript = [], false: ofManifest = [] } = Object.groupBy(problems, ({ path }) => `${path === SCRIPT_PATH}`);
  return [...withPositions(text, ofManifest), ...ofScript];
}

interface Examined extends Omit<AcceptedManifest, 'manifest'> {
  readonly problems: readonly ManifestProblem[];
}

async function examine(ports: AcceptancePorts, manifest: Manifest, delivery: Delivery): Promise<Examined> {
  const { deployment } = ports;
  const place = placeOf(ports, manifest);
  const named = [...new Set(manifest.spec.nodePools.flatMap(({ instanceTypes }) => instanceTypes))];
  if (named.length > MAX_DISTINCT_TYPES) return { demand: demandOf(manifest, new Map()), problems: [tooManyTypes(named.length)], warnings: [] };
  const [types, accountQuotas] = await Promise.all([typeFacts(place, named), quotasFor(ports, manifest)]);
  const runtime = await examineRuntime(ports, manifest, types, delivery.script);
  const problems = [
    ...misaddressed(manifest, delivery),
    ...checkAgainstDeployment(manifest, {
      providers: [DEFAULT_PROVIDER, ...(ports.otherProviders?.keys() ?? [])],
      regions: [place.region],
      zones: { [place.region]: place.zones },
      instanceTypes: new Map([...types].map(([name, facts]) => [name, { ...facts, architectures: [facts.architecture] }])),
      maxNodesPerJob: deployment.limits.maxNodesPerJob,
      runtimes: ['None', 'Slurm'],
      amiAliases: Object.keys(deployment.machineImages),
      storageTypes: deployment.storageTypes ?? [],
      ...(accountQuotas === undefined ? {} : { accountQuotas }),
    }),
    ...tooManyNodes(place, manifest),
    ...unservedNamespace(manifest, deployment, types),
    ...runtime.problems,
  ];
  return {
    demand: demandOf(manifest, types, place.zones),
    ...(runtime.version === undefined ? {} : { runtimeVersion: runtime.version }),
    problems,
    warnings: [...fewerAdapters(manifest, deployment, types), ...runtime.warnings],
  };
}

/** The runtime is asked with the submitted script as the step that it becomes. */
async function examineRuntime(ports: AcceptancePorts, manifest: Manifest, types: ReadonlyMap<string, InstanceTypeFacts>, script: string | undefined): Promise<AcceptedRuntime> {
  if (script === undefined) return acceptRuntime(ports, manifest, types);
  const complete = withScript(manifest, script);
  if (!complete.ok) return { problems: complete.problems, warnings: [] };
  const step = `spec.hooks.onRun[${manifest.spec.hooks.onRun.length}]`;
  const asSubmitted = (problem: ManifestProblem): ManifestProblem => (problem.path.startsWith(step) ? { ...problem, path: SCRIPT_PATH } : problem);
  const accepted = await acceptRuntime(ports, complete.manifest, types);
  return { ...accepted, problems: accepted.problems.map(asSubmitted), warnings: accepted.warnings.map(asSubmitted) };
}

/** Where the manifest wants its machines. A provider that is not served is told; the rest is held against AWS then. */
function placeOf({ deployment, catalogue, otherProviders }: AcceptancePorts, { spec }: Manifest): ServedProvider {
  return otherProviders?.get(spec.placement.provider) ?? { catalogue, region: deployment.region, zones: Object.keys(deployment.subnets) };
}

/** The account's quotas hold for its own machines alone; `undefined` where nobody could say them. */
async function quotasFor({ deployment, knowledge }: AcceptancePorts, { spec }: Manifest): Promise<AccountQuotas | undefined> {
  if (spec.placement.provider !== DEFAULT_PROVIDER || spec.placement.region !== deployment.region) return undefined;
  const answer = await knowledge.accountQuotas(deployment.region);
  return 'known' in answer ? answer.known : undefined;
}

/** Facts of the types that a manifest names, and of what was probably meant by those that do not exist. */
async function typeFacts({ region, catalogue }: ServedProvider, named: readonly string[]): Promise<ReadonlyMap<string, InstanceTypeFacts>> {
  const known = await catalogue.facts(region, named);
  const unknown = named.filter((type) => !known.has(type));
  if (unknown.length === 0) return known;
  const names = await catalogue.names(region);
  const meant = unknown.flatMap((type) => nearest(type, names) ?? []);
  return meant.length === 0 ? known : new Map([...known, ...(await catalogue.facts(region, meant))]);
}

function tooManyNodes({ maxNodesPerJob = Number.POSITIVE_INFINITY }: ServedProvider, { spec }: Manifest): readonly ManifestProblem[] {
  const nodes = spec.nodePools.reduce((sum, { count }) => sum + count, 0);
  if (nodes <= maxNodesPerJob) return [];
  const message = `asks for ${nodes} nodes; provider ${spec.placement.provider} has ${maxNodesPerJob} for a job at most`;
  return [{ code: 'limit-exceeded', path: 'spec.nodePools', message, value: nodes }];
}

function tooManyTypes(count: number): ManifestProblem {
  return { code: 'limit-exceeded', path: 'spec.nodePools', message: `name ${count} instance types; at most ${MAX_DISTINCT_TYPES} in all are looked up`, value: count };
}

function misaddressed({ metadata }: Manifest, address: Delivery): readonly ManifestProblem[] {
  return (['namespace', 'name'] as const).flatMap((key) => {
    const wanted = address[key];
    if (wanted === undefined || wanted === metadata[key]) return [];
    const message = `is ${metadata[key]}, but the request is for ${wanted}`;
    return [{ code: 'conflict', path: `metadata.${key}`, message, value: metadata[key], suggestion: wanted }];
  });
}

/** A namespace has launch templates for the architectures that the administrator gave it. */
function unservedNamespace(manifest: Manifest, deployment: Deployment, types: ReadonlyMap<string, InstanceTypeFacts>): readonly ManifestProblem[] {
  const { namespace } = manifest.metadata;
  const settings = namespaceSettings(deployment, namespace);
  if (settings === undefined) {
    const served = Object.keys(deployment.namespaces);
    const suggestion = nearest(namespace, served);
    const message = `this deployment serves no namespace ${namespace}; it serves: ${someOf(served)}`;
    return [{ code: 'not-offered', path: 'metadata.namespace', message, value: namespace, ...(suggestion === undefined ? {} : { suggestion }) }];
  }
  return manifest.spec.nodePools.flatMap((pool, index) => [
    ...unservedArchitecture(pool, `spec.nodePools[${index}].instanceType`, namespace, settings, types),
    ...unservedEfa(pool, `spec.nodePools[${index}].efa`, namespace, settings, types),
  ]);
}

/** The first names of a list, and how many more there are. */
function someOf(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  const more = names.length - MAX_NAMESPACES_TOLD;
  return names.slice(0, MAX_NAMESPACES_TOLD).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function unservedArchitecture(
  { instanceTypes }: NodePool, path: string, namespace: string, settings: NamespaceSettings, types: ReadonlyMap<string, InstanceTypeFacts>,
): readonly ManifestProblem[] {
  const architecture = instanceTypes.flatMap((type) => types.get(type)?.architecture ?? [])[0];
  if (architecture === undefined || settings.launchTemplates[architecture] !== undefined) return [];
  return [{ code: 'not-offered', path, message: `needs ${architecture} machines, which this deployment does not offer to namespace ${namespace}` }];
}

/** Types that have no adapter at all are told apart from this. */
function unservedEfa(
  { efa, instanceTypes }: NodePool, path: string, namespace: string, settings: NamespaceSettings, types: ReadonlyMap<string, InstanceTypeFacts>,
): readonly ManifestProblem[] {
  if (!efa) return [];
  const withEfa = instanceTypes.flatMap((type) => types.get(type) ?? []).filter((facts) => facts.efa);
  const elsewhere = withEfa.filter((facts) => efaInterfacesOf(facts) === 0).map(({ instanceType }) => instanceType);
  const unserved = withEfa.filter((facts) => efaInterfacesOf(facts) > 0 && efaLaunchTemplate(settings, facts) === undefined).map(({ instanceType }) => instanceType);
  const messages = [
    ...(elsewhere.length === 0 ? [] : [`${elsewhere.join(', ')}: not all network cards carry Elastic Fabric Adapters, and EC2 does not say which do, so that no launch template fits`]),
    ...(unserved.length === 0 ? [] : [`this deployment does not offer namespace ${namespace} Elastic Fabric Adapters for ${unserved.join(', ')}`]),
  ];
  return messages.map((message) => ({ code: 'not-offered', path, message }));
}

/** Types that run with fewer adapters than they have, for want of a launch template: slower, and nothing else says so. */
function fewerAdapters({ metadata: { namespace }, spec }: Manifest, deployment: Deployment, types: ReadonlyMap<string, InstanceTypeFacts>): readonly ManifestProblem[] {
  const settings = namespaceSettings(deployment, namespace);
  return spec.nodePools.flatMap(({ efa, instanceTypes }, index) => {
    const facts = efa ? instanceTypes.flatMap((type) => types.get(type) ?? []) : [];
    const fewer = facts.filter((each) => efaInterfacesGiven(settings, each) > 0 && efaInterfacesGiven(settings, each) < efaInterfacesOf(each));
    const told = fewer.map((each) => `${each.instanceType} gets ${efaInterfacesGiven(settings, each)} of its ${efaInterfacesOf(each)}`).join(', ');
    return told === '' ? [] : [{ code: 'not-offered', path: `spec.nodePools[${index}].efa`, message: `${told} Elastic Fabric Adapters: namespace ${namespace} has no launch template for more` }];
  });
}
