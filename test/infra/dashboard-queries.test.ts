import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { SpanLine } from '../../core/trace/span-line.ts';
import { parseConfiguration } from '../../lib/configuration/load.ts';
import { dashboardDefinitions } from '../../lib/observability/dashboards/definitions.ts';
import { grafanaNames } from '../../lib/observability/dashboards/grafana/names.ts';
import { nodeMetrics } from '../../lib/observability/dashboards/job.ts';
import type { LogSource } from '../../lib/observability/dashboards/model.ts';
import { observed } from '../../lib/observability/dashboards/observed.ts';
import { sourceRoot } from './synthesize.ts';

const read = (file: string): string => readFileSync(join(sourceRoot, file), 'utf8');

/** All that lines of spans have: a field that the type has not, or has and is not here, is no program. */
const ofSpans: Record<keyof SpanLine, true> = {
  jobId: true, namespace: true, attempt: true, traceId: true, spanId: true, subject: true, name: true, seconds: true, failed: true, error: true,
  provider: true, pool: true, market: true, types: true, zones: true, codes: true, asked: true, launched: true, nodes: true, slowestNode: true, slowestSeconds: true, exitCode: true, waitedFor: true, waitedSeconds: true,
  outcome: true, user: true, manifest: true, costUsd: true, savedUsd: true, labels: true,
};
/** What the runner of steps says in each line. */
const ofNodes = [...read('nodes/step_identity.py').matchAll(/"(\w+)": ?[\w(]/g)].map(([, name]) => String(name));

const known: Readonly<Record<string, ReadonlySet<string>>> = {
  [grafanaNames.spanLogs]: new Set(['message', ...Object.keys(ofSpans)]),
  [grafanaNames.jobLogs]: new Set(['message', ...ofNodes]),
};

const words = new Set([
  'fields', 'filter', 'stats', 'sort', 'limit', 'by', 'as', 'and', 'not', 'in', 'asc', 'desc', 'count', 'sum', 'ispresent', 'strcontains', 'like',
]);

/** What a query reads: neither words of the language, nor texts, nor names that it gives itself. */
function fieldsOf({ query }: LogSource): string[] {
  const text = query.join(' | ').replaceAll(/"[^"]*"/g, '');
  const given = new Set([...text.matchAll(/ as (\w+)/g)].map(([, name]) => name));
  return [...text.replaceAll(/`[^`]*`|@\w+/g, '').matchAll(/[A-Za-z_]\w*/g)].map(([name]) => name).filter((name) => !words.has(name) && !given.has(name));
}

const panels = dashboardDefinitions(observed(parseConfiguration({}, 'test', 'us-east-1'), grafanaNames)).flatMap(({ rows }) => rows.flatMap((row) => row.panels));
const queries = panels.flatMap((panel) => ('logs' in panel ? [[panel.title, panel.logs] as const] : []));

describe('queries of dashboards', () => {
  it.each(queries)('%s: read fields that are written', (_, logs) => {
    const fields = fieldsOf(logs);
    expect(fields.filter((field) => known[logs.logGroup]?.has(field) !== true)).toEqual([]);
    expect(fields.length).toBeGreaterThan(0);
  });

  it('would be found out, did they read others', () => {
    expect(fieldsOf({ logGroup: '', query: ['filter subject = "seconds"', 'stats sum(asked) as wanted, max(secs) by `a-b`, @log', 'sort wanted desc'] }))
      .toEqual(['subject', 'asked', 'max', 'secs']);
  });

  it('leave rehearsals out, but for the job that is asked for', () => {
    for (const [, { query: [first = ''], logGroup }] of queries) {
      if (logGroup === grafanaNames.spanLogs) expect(first).toMatch(/not ispresent\(provider\)|jobId = "/);
    }
  });
});

describe('what nodes use', () => {
  it('is what their agents measure', () => {
    const configured = read('nodes/telemetry/agent_config.py');
    for (const { name } of nodeMetrics) {
      const [, plugin = '', measured = ''] = /^(mem|disk|net|nvidia_smi)_(\w+)$/.exec(name) ?? [];
      const section = plugin === 'nvidia_smi' ? 'nvidia_gpu' : plugin;
      expect(configured).toMatch(new RegExp(`"${section}"[^\\n]*(\\n[^\\n]*)?"${measured}"`));
    }
    expect(configured).toContain('append_dimensions={"JobId": settings["jobId"], "Node": settings["node"]}');
  });
});
