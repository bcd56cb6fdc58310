import type { CapacityView } from '../../../core/api/capacity-view.ts';
import { viewCooling, viewType } from '../../../core/api/capacity-view.ts';
import { operations } from '../../../core/api/operations.ts';
import { readSpotPrices } from '../../../core/capacity/market-reader.ts';
import type { MarketView } from '../../../core/capacity/market-view.ts';
import { quotaParts } from '../../../core/capacity/quota-fit.ts';
import type { Deployment } from '../../../core/deployment/deployment.ts';
import { InvalidRequestError } from '../../../core/errors/orchestrator-error.ts';
import { isoTime } from '../../../core/job/ids.ts';
import { nearest } from '../../../core/manifest/suggest.ts';
import type { CooldownStore, InstanceCatalogue, InstanceTypeFacts } from '../../../core/ports/capacity-provider.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { AccountQuotas, Answered, MarketKnowledge } from '../../../core/ports/market-knowledge.ts';
import type { ApiOperation } from '../../runtime/api-handler.ts';

export interface GetCapacityPorts {
  readonly catalogue: InstanceCatalogue;
  readonly cooldowns: Pick<CooldownStore, 'active'>;
  readonly knowledge: Pick<MarketKnowledge, 'accountQuotas' | 'freeAddresses' | 'interruptionBands' | 'reservations'>;
  readonly deployment: Pick<Deployment, 'region' | 'subnets' | 'namespaces' | 'intervals'>;
  readonly clock: Clock;
}

/** What is known of capacity now. Placement scores are not asked for: EC2 answers few questions about them a day. */
export function getCapacity(ports: GetCapacityPorts): ApiOperation<typeof operations.getCapacity> {
  return {
    schema: operations.getCapacity,
    run: async ({ query: { instanceType: types = [], zone } }) => {
      const { deployment, clock } = ports;
      const zones = zone ?? Object.keys(deployment.subnets);
      for (const name of zones) refuseOther('zone', 'zone', name, Object.keys(deployment.subnets));
      const facts = await factsOf(types, ports);
      return { status: 200, body: await look(facts, zones.toSorted(), ports, clock.now()) };
    },
  };
}

/** @throws InvalidRequestError for a type that the region does not have. */
async function factsOf(types: readonly string[], { catalogue, deployment: { region } }: GetCapacityPorts): Promise<ReadonlyMap<string, InstanceTypeFacts>> {
  if (types.length === 0) return new Map();
  const facts = await catalogue.facts(region, types);
  const [unknown] = types.filter((type) => !facts.has(type));
  if (unknown !== undefined) refuseOther('instanceType', 'instance type', unknown, await catalogue.names(region));
  return facts;
}

async function look(types: ReadonlyMap<string, InstanceTypeFacts>, zones: readonly string[], ports: GetCapacityPorts, nowMs: ReturnType<Clock['now']>): Promise<CapacityView> {
  const { catalogue, cooldowns, knowledge, deployment } = ports;
  const { region, intervals } = deployment;
  const names = [...types.keys()];
  const subnets = Object.fromEntries(zones.flatMap((zone) => (deployment.subnets[zone] === undefined ? [] : [[zone, deployment.subnets[zone]] as const])));
  const reserved = [...new Set(Object.values(deployment.namespaces).flatMap(({ capacityReservations = [] }) => capacityReservations))];
  const [known, spotPrices, addresses, quotas, bands, reservations] = await Promise.all([
    cooldowns.active(nowMs),
    readSpotPrices(region, names, zones, catalogue),
    knowledge.freeAddresses(Object.values(subnets)),
    knowledge.accountQuotas(region),
    names.length === 0 ? ({ known: new Map() } as const) : knowledge.interruptionBands(region),
    reserved.length === 0 ? ({ known: [] } as const) : knowledge.reservations(region, reserved),
  ]);
  const view: MarketView = { region, subnets, types, spotPrices, cooldowns: known, patienceMs: intervals.cooldownBase * 1000, ...('known' in bands ? { interruptionBands: bands.known } : {}) };
  return {
    at: isoTime(nowMs),
    region,
    zones: Object.entries(subnets).map(([zone, subnetId]) => {
      const freeAddresses = 'known' in addresses ? addresses.known.get(subnetId) : undefined;
      return { zone, subnetId, ...(freeAddresses === undefined ? {} : { freeAddresses }) };
    }),
    ...viewCooling(view, names, nowMs),
    quotas: 'known' in quotas ? viewQuotas(quotas.known) : [],
    reservations: 'known' in reservations ? reservations.known.filter(({ zone }) => zones.includes(zone)).map((reservation) => ({ ...reservation })) : [],
    types: [...types.values()].map((facts) => viewType(facts, view, nowMs)),
    unknown: Object.entries({ 'free addresses': addresses, 'account quotas': quotas, 'interruption bands': bands, reservations }).flatMap(unknownOf),
  };
}

function unknownOf([what, answer]: readonly [string, Answered<unknown>]): CapacityView['unknown'] {
  return 'unknown' in answer ? [{ what, why: answer.unknown }] : [];
}

function viewQuotas(quotas: AccountQuotas): CapacityView['quotas'] {
  return [...quotas].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, vcpus]) => ({ ...quotaParts(key), vcpus }));
}

function refuseOther(parameter: string, noun: string, seen: string, choice: readonly string[]): void {
  if (choice.includes(seen)) return;
  const suggestion = nearest(seen, choice);
  const list = noun === 'zone' ? `; it serves: ${choice.join(', ')}` : '';
  const message = `this deployment serves no ${noun} ${seen}${list}`;
  const problem = { code: 'not-offered', path: `query.${parameter}`, message, value: seen, ...(suggestion === undefined ? {} : { suggestion }) };
  const meant = suggestion === undefined ? '.' : `; did you mean ${suggestion}?`;
  throw new InvalidRequestError(`The request is not acceptable: ${message}${meant}`, { problems: [problem] });
}
