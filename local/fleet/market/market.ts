import { isOffered, quotaOf } from '../facts/facts.ts';
import type { PurchaseMarket } from '../facts/facts.ts';
import type { CapacityRule, Scenario } from './scenario.ts';
import { readTraceColumn } from './trace.ts';

/** An instance type in a zone in a market: the unit in which capacity is known. */
export interface Offering {
  readonly type: string;
  readonly zone: string;
  readonly market: PurchaseMarket;
}

/** A name of an offering that can be a key. */
export function offeringKey(offering: Offering): string {
  return `${offering.type}/${offering.zone}/${offering.market}`;
}

/**
 * How many instances of `offering` the market holds in all at `seconds` of fleet time, in use or not.
 * A type that the zone does not offer has none, whatever the rules say.
 */
export function capacityAt(scenario: Scenario, offering: Offering, seconds: number): number {
  if (!isOffered(offering.type, offering.zone, offering.market)) {
    return 0;
  }
  const rule = scenario.capacity.findLast((candidate) => fits(candidate, offering));
  return rule === undefined ? 0 : ruleCapacity(rule, seconds);
}

/** The vCPUs that `market` may use of the quota that `type` counts in; unlimited where none is kept. */
export function vcpuLimit(scenario: Scenario, type: string, market: PurchaseMarket): number {
  const quota = quotaOf(type, market);
  return quota === undefined ? Number.POSITIVE_INFINITY : (scenario.quotas[quota.code] ?? quota.vcpus);
}

/** Seconds of fleet time at which the capacity of some offering may change next, or undefined if never. */
export function nextChangeAfter(scenario: Scenario, seconds: number): number | undefined {
  const times = scenario.capacity.flatMap((rule) => ruleChangeAfter(rule, seconds) ?? []);
  return times.length === 0 ? undefined : Math.min(...times);
}

function fits(rule: CapacityRule, offering: Offering): boolean {
  const marketFits = rule.market === '*' || rule.market === offering.market;
  return marketFits && matchesGlob(rule.type, offering.type) && matchesGlob(rule.zone, offering.zone);
}

function ruleCapacity({ capacity }: CapacityRule, seconds: number): number {
  if (typeof capacity === 'number') {
    return capacity;
  }
  if ('timeline' in capacity) {
    return capacity.timeline.findLast(([from]) => from <= seconds)?.[1] ?? 0;
  }
  const { file, column, firstRow, secondsPerRow, instancesPerUnit } = capacity.trace;
  const rows = readTraceColumn(file, column);
  const row = Math.min(firstRow + Math.floor(seconds / secondsPerRow), rows.length - 1);
  return Math.floor(rows[row] ?? 0) * instancesPerUnit;
}

function ruleChangeAfter({ capacity }: CapacityRule, seconds: number): number | undefined {
  if (typeof capacity === 'number') {
    return undefined;
  }
  if ('timeline' in capacity) {
    return capacity.timeline.find(([from]) => from > seconds)?.[0];
  }
  const { secondsPerRow } = capacity.trace;
  return (Math.floor(seconds / secondsPerRow) + 1) * secondsPerRow;
}

/** Whether `text` is `pattern`, in which `*` stands for any text. */
export function matchesGlob(pattern: string, text: string): boolean {
  const [head = '', ...rest] = pattern.split('*');
  if (rest.length === 0) {
    return pattern === text;
  }
  const tail = rest.pop() ?? '';
  if (!text.startsWith(head) || !text.endsWith(tail) || text.length < head.length + tail.length) {
    return false;
  }
  let position = head.length;
  for (const part of rest) {
    const found = text.indexOf(part, position);
    if (found < 0 || found + part.length > text.length - tail.length) {
      return false;
    }
    position = found + part.length;
  }
  return true;
}
