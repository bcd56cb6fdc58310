import { table } from '../table.ts';
import { naiveFootprint } from './naive.ts';
import { prices, usdOf, usdOfTelemetry } from './prices.ts';
import { sumOf, type ReferenceRun } from './reference-job.ts';
import type { Units } from './units.ts';
import type { ToldOfJob } from './telemetry.ts';

/** What the control plane may take for the reference job. */
export const budget = { writeUnits: 120, readUnits: 40, transitions: 30, usd: 0.0015 } as const;

/** What telling of it may take on top: spans, their lines, metrics. */
export const telemetryBudget = { writeUnits: 0, readUnits: 4, spanBytes: 30_000, logBytes: 30_000, usd: 0.00003 } as const;

const budgets = ['writeUnits', 'readUnits', 'transitions', 'usd'] as const satisfies readonly (keyof typeof budget)[];

const telemetryBudgets = ['writeUnits', 'readUnits', 'spanBytes', 'logBytes', 'usd'] as const satisfies readonly (keyof typeof telemetryBudget)[];

/** A line of the report: calls of one kind by one function. */
interface CallCost extends Units {
  readonly function: string;
  readonly call: string;
  readonly calls: number;
}

/** The footprint of a job. */
export interface Footprint extends Units {
  readonly transitions: number;
  readonly invocations: Readonly<Record<string, number>>;
  readonly usd: number;
  readonly usdByService: Readonly<Record<string, number>>;
  readonly prices: typeof prices;
  readonly events: number;
  readonly byCall: readonly CallCost[];
  readonly naive: Units & { readonly transitions: number };
  /** In none of the sums. */
  readonly telemetry: ToldOfJob & { readonly usd: number };
  readonly newManifest: Units;
  readonly idleMinute: Units;
  readonly jobMinute: Units;
  /** Which budgets are exceeded. */
  readonly exceeded: readonly string[];
}

/** Adds up a run. */
export function footprintOf(run: ReferenceRun): Footprint {
  const units = sumOf(run.charges);
  const usdByService = usdOf(run, units);
  const telemetry = { ...run.telemetry, usd: usdOfTelemetry(run.telemetry) };
  const sums = { ...units, transitions: run.transitions, usd: Object.values(usdByService).reduce((sum, usd) => sum + usd, 0) };
  return {
    ...sums,
    invocations: Object.fromEntries(run.invocations),
    usdByService,
    prices,
    events: run.events.length,
    byCall: byCall(run),
    naive: naiveFootprint(run),
    telemetry,
    newManifest: run.newManifest,
    idleMinute: run.idleMinute,
    jobMinute: run.jobMinute,
    exceeded: [
      ...budgets.filter((name) => sums[name] > budget[name]),
      ...telemetryBudgets.filter((name) => telemetry[name] > telemetryBudget[name]).map((name) => `${name} of telemetry`),
    ],
  };
}

function byCall({ charges }: ReferenceRun): CallCost[] {
  const kinds = Map.groupBy(charges, ({ origin, command, about }) => `${origin}|${callOf(command, about)}`);
  return [...kinds].map(([kind, group]) => {
    const [name = '', call = ''] = kind.split('|');
    return { function: name, call, calls: group.length, ...sumOf(group) };
  });
}

/** `Put LAUNCH` rather than `PutItemCommand LAUNCH#0001#0002`. */
function callOf(command: string, about: string): string {
  const verb = command.replace(/(WriteItems|Item)?Command$/u, '');
  return `${verb} ${about.replace(/^JOB#WAIT$/u, 'WAIT').split(/[#/]/u)[0] ?? ''}`;
}

/** For people. */
export function renderFootprint(footprint: Footprint): string {
  const calls = footprint.byCall.map((line) => [line.function, line.call, line.calls, line.writeUnits, line.readUnits]);
  const { naive } = footprint;
  return [
    table(['function', 'call', 'calls', 'writes', 'reads'], calls),
    table(
      ['', 'budget', 'this', 'naive'],
      [
        ['write units', budget.writeUnits, footprint.writeUnits, naive.writeUnits],
        ['read units', budget.readUnits, footprint.readUnits, naive.readUnits],
        ['state transitions', budget.transitions, footprint.transitions, naive.transitions],
        ['USD', budget.usd, footprint.usd.toFixed(6), ''],
      ],
    ),
    table(['service', `USD (${prices.region}, list prices of ${prices.date})`], Object.entries(footprint.usdByService).map(([service, usd]) => [service, usd.toFixed(6)])),
    table(['function', 'invocations'], Object.entries(footprint.invocations)),
    table(
      ['telemetry of it', 'budget', 'this'],
      telemetryBudgets.map((name) => [name, telemetryBudget[name], name === 'usd' ? footprint.telemetry.usd.toFixed(6) : footprint.telemetry[name]]),
    ),
    `Beside the job itself: a new version of its manifest takes ${unitsText(footprint.newManifest)}, a minute with nothing to do takes ${unitsText(footprint.idleMinute)}, each running job adds ${unitsText(footprint.jobMinute)}.`,
    footprint.exceeded.length === 0 ? 'Within the budget.' : `Over the budget: ${footprint.exceeded.join(', ')}.`,
  ].join('\n\n');
}

const unitsText = ({ writeUnits, readUnits }: Units): string => `${writeUnits} write and ${readUnits} read units`;
