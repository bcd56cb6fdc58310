import { INSTANCE_TYPES } from '../facts/facts.ts';
import type { InstanceTypeFacts } from '../facts/facts.ts';
import { matchesGlob } from '../market/market.ts';
import type { Scenario } from '../market/scenario.ts';

/** The bands by the share of instances that were taken back within a month; `max` in percent. */
const RANGES = [
  { index: 0, label: '<5%', dots: 0, max: 5 },
  { index: 1, label: '5-10%', dots: 1, max: 11 },
  { index: 2, label: '10-15%', dots: 2, max: 16 },
  { index: 3, label: '15-20%', dots: 3, max: 22 },
  { index: 4, label: '>20%', dots: 4, max: 100 },
];

const REGION = 'us-east-1';

/** The public feed of the Spot Instance Advisor, for the one Region that there is. */
export function spotAdvisorData({ interruptionBands }: Scenario): object {
  const types = [...INSTANCE_TYPES].filter(([, { spotUsdPerHour }]) => spotUsdPerHour !== undefined);
  const advice = types.map(([type, facts]) => [type, { s: savingsPercent(facts), r: bandOf(type, interruptionBands) }]);
  const sizes = types.map(([type, { vcpus, memoryMiB }]) => [type, { cores: vcpus, emr: false, ram_gb: memoryMiB / 1024 }]);
  return {
    global_rate: '<10%',
    ranges: RANGES,
    instance_types: Object.fromEntries(sizes),
    spot_advisor: { [REGION]: { Linux: Object.fromEntries(advice), Windows: {} } },
  };
}

function bandOf(type: string, bands: Scenario['interruptionBands']): number {
  return Object.entries(bands).findLast(([pattern]) => matchesGlob(pattern, type))?.[1] ?? 0;
}

function savingsPercent({ onDemandUsdPerHour, spotUsdPerHour = onDemandUsdPerHour }: InstanceTypeFacts): number {
  return Math.round(100 * (1 - spotUsdPerHour / onDemandUsdPerHour));
}
