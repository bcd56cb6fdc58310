import { launchCodes } from '../../../core/metrics/catalogue.ts';
import type { BarPanel, DashboardDefinition, LogSource, Row, TablePanel } from './model.ts';
import { plain, type Observed } from './observed.ts';
import { graph, numbers, stack, table } from './panels.ts';
import { metricsOf, share } from './sources.ts';
import { spansOf } from './spans.ts';

/** What is to be had, where, and on which market. */
export function capacityDashboard(seen: Observed): DashboardDefinition {
  return { suffix: 'capacity', title: 'Capacity', hours: 24, variables: [], rows: [offerings(seen), launches(seen), losses(seen)] };
}

function offerings(seen: Observed): Row {
  const heat: TablePanel = {
    ...table('Not to be had, in per cent of the nodes asked for: instance types by zone', missingByZone(seen),
      '0: all that was asked for came. 100: nothing came. Empty: nobody asked. Launches of one zone alone: of others nobody knows where it was that something was missing.'),
    heat: seen.zones,
  };
  const codes: BarPanel = {
    kind: 'bars', title: 'Why: launches by code', unit: 'count', width: 12, height: 8,
    logs: spansOf(seen, 'launch', 'filter ispresent(codes)', 'stats count(*) as launches by codes', 'sort launches desc', 'limit 20'),
  };
  return {
    title: 'Offerings',
    panels: [
      heat, codes,
      { ...table('Wanting most', spansOf(seen, 'launch',
        'stats count(*) as launches, sum(asked) as nodes_asked, sum(launched) as nodes_launched, sum(asked) - sum(launched) as missing by types, zones, market',
        'filter missing > 0', 'sort missing desc', 'limit 50')), width: 12 },
    ],
  };
}

/** A column for each zone: the configuration names them, so the query can. */
function missingByZone(seen: Observed): LogSource {
  const columns = seen.zones.map((zone, index) => ({ zone, asked: `asked${index}`, launched: `launched${index}` }));
  const within = columns.flatMap(({ zone, asked, launched }) => [
    `asked * strcontains(zones, "${zone}") as ${asked}`, `launched * strcontains(zones, "${zone}") as ${launched}`,
  ]);
  const missing = columns.map(({ zone, asked, launched }) => `100 * (sum(${asked}) - sum(${launched})) / sum(${asked}) as \`${zone}\``);
  return spansOf(seen, 'launch', 'filter zones not like ","',
    `fields types, market, ${within.join(', ')}`,
    `stats sum(asked) as nodes_asked, ${missing.join(', ')} by types, market`,
    'sort nodes_asked desc', 'limit 100');
}

function launches({ deployment }: Observed): Row {
  const metrics = metricsOf(deployment);
  return {
    title: 'Launches',
    panels: [
      graph('Calls', 'count', [metrics.of('LaunchCalls', 'Sum', 'calls'), metrics.of('LaunchesRefused', 'Sum', 'refused: waiting does not help')]),
      stack('Errors by code', 'count', [metrics.by('LaunchErrors', 'Code', [...launchCodes, 'other'].map(plain), 'Sum')]),
      stack('Nodes launched', 'count', [metrics.by('NodesLaunched', 'Market', markets.map(plain), 'Sum')]),
    ],
  };
}

const markets = ['spot', 'on-demand', 'reserved'] as const;

function losses({ deployment }: Observed): Row {
  const metrics = metricsOf(deployment);
  const launched = (market: (typeof markets)[number]) => metrics.at('NodesLaunched', 'Market', market, 'Sum', market);
  const interrupted = metrics.of('NodesInterrupted', 'Sum', 'Spot notices');
  return {
    title: 'Spot and losses',
    panels: [
      numbers('Share of Spot among the nodes launched', 'percent', [share('Spot', launched('spot'), launched('on-demand'), launched('reserved'))]),
      numbers('Spot notices', 'percent', [
        { kind: 'math', label: 'of Spot nodes launched', expression: '100 * FILL(notices, 0) / spot', using: { notices: interrupted, spot: launched('spot') } },
      ]),
      graph('Interrupted and lost', 'count', [interrupted, metrics.of('NodesLost', 'Sum', 'lost while needed')]),
    ],
  };
}
