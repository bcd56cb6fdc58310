import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { SpanLine } from '../../core/trace/span-line.ts';
import type { SchedulerReport } from '../../lambdas/queue/schedule-jobs/schedule-jobs.ts';
import { jobKeys } from '../../lambdas/runtime/job-keys.ts';
import { savedQueries, type LogSource, type SavedQuery } from '../../lib/observability/queries.ts';
import { ofType, sourceRoot, synthesize } from './synthesize.ts';

const synthesized = synthesize({ telemetry: { costLabel: { key: 'team', values: ['a'] } } });
const definitions = ofType(synthesized.observability.resources, 'AWS::Logs::QueryDefinition').map(([, { Properties }]) => Properties);
const queries = savedQueries('cost-center');
const read = (file: string) => readFileSync(join(sourceRoot, file), 'utf8');

/** All that lines of spans have: a field that the type has not, or has and is not here, is no program. */
const ofSpans: Record<keyof SpanLine, true> = {
  jobId: true, namespace: true, attempt: true, traceId: true, spanId: true, subject: true, name: true, seconds: true, failed: true, error: true,
  provider: true, pool: true, market: true, types: true, zones: true, codes: true, asked: true, launched: true, nodes: true, slowestNode: true, slowestSeconds: true, exitCode: true, waitedFor: true, waitedSeconds: true,
  outcome: true, user: true, manifest: true, costUsd: true, savedUsd: true, labels: true,
};
const ofReports: Record<keyof SchedulerReport, true> = { held: true, cycles: true, admitted: true, turns: true, released: true, givenUp: true };

/** What Powertools' logger and what all handlers say in each line, and of an error. */
const ofFunctions = ['level', 'message', 'service', 'error.name', 'error.message', 'error.cause.message', ...Object.keys(jobKeys({ jobId: '01jd8x2z5k3m9q7w4t6v8y0abc', namespace: 'bio', attempt: 1 }))];

/** What API Gateway was told to write. */
function ofCalls(): string[] {
  return ofType(synthesized.resources, 'AWS::ApiGateway::Stage').flatMap(([, { Properties }]) => {
    const { Format } = Properties['AccessLogSetting'] as { readonly Format: string };
    return Object.keys(JSON.parse(Format) as Record<string, unknown>);
  });
}

/** What the nodes' step runner says in each line. */
const ofNodes = ['message', ...[...(/def line_identity\(.*/s.exec(read('nodes/step_identity.py'))?.[0] ?? '').matchAll(/"(\w+)":/g)].map(([, name = '']) => name)];

/** Of an event of the bus: what entries of histories and of the audit have in common, and what each has. */
const ofAudit = ['type', 'namespace', 'jobId', 'target', 'reason', 'data.by', 'data.origin.principal', 'data.origin.sourceIp'].map((field) => `detail.${field}`);

const known: Readonly<Record<LogSource, () => readonly string[]>> = {
  spans: () => ['message', ...Object.keys(ofSpans), 'labels.cost-center'],
  functions: () => ofFunctions,
  scheduler: () => ['message', ...Object.keys(ofReports).map((field) => `report.${field}`)],
  reconciler: () => [...ofFunctions, 'instances.0', 'instances.1', 'instances.2'],
  calls: ofCalls,
  nodes: () => ofNodes,
  audit: () => ofAudit,
};

const words = new Set(['fields', 'filter', 'stats', 'sort', 'limit', 'by', 'as', 'and', 'not', 'in', 'asc', 'desc', 'count', 'sum', 'max', 'pct', 'latest', 'bin', '5m', 'ispresent']);

/** Fields of logs that a query names: what is no word of the language, no text, no number and no name that it gives itself. */
function fieldsOf({ commands }: SavedQuery): string[] {
  const text = commands.join(' | ').replaceAll(/"[^"]*"/g, '');
  const given = new Set([...text.matchAll(/ as (\w+)/g)].map(([, name]) => name));
  const quoted = [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
  const plain = [...text.replaceAll(/`[^`]+`/g, '').matchAll(/@?[A-Za-z_][\w.]*|\d\w+/g)].map(([name]) => name);
  return [...quoted, ...plain.filter((name) => !words.has(name) && !given.has(name) && !/^@|^\d+$/.test(name))];
}

describe('saved queries', () => {
  it.each(queries.map((query) => [query.name, query] as const))('%s: names fields that are written where it looks', (_, query) => {
    const written = new Set(query.sources.flatMap((source) => known[source]()));
    expect(fieldsOf(query).filter((field) => !written.has(field))).toEqual([]);
    expect(fieldsOf(query).length).toBeGreaterThan(0);
  });

  it('would be found out, did they name others', () => {
    expect(fieldsOf({ name: '', sources: [], commands: ['fields @timestamp, jobid as x', 'filter message = "jobId" and x > 5', 'stats pct(secs, 95) by bin(5m), `labels.a-b`'] }))
      .toEqual(['labels.a-b', 'jobid', 'message', 'secs']);
  });

  it('look for messages that are logged', () => {
    const logged = ['lambdas/queue/schedule-jobs/handler.ts', 'lambdas/lifecycle/reconcile/sweep-instances.ts', 'core/trace/span-line.ts'].map(read).join('\n');
    const messages = queries.flatMap(({ commands }) => [...commands.join(' ').matchAll(/message = "([^"]+)"/g)].map(([, message = '']) => message));
    expect([...new Set(messages)].filter((message) => !logged.includes(`'${message}'`))).toEqual([]);
  });

  it('are deployed in a folder of the deployment, over groups that there are, by the label that it names', () => {
    expect(definitions.map(({ Name }) => Name).sort()).toEqual(queries.map(({ name }) => `orchestrator/${name}`).sort());
    for (const { LogGroupNames } of definitions) expect((LogGroupNames as unknown[]).length).toBeGreaterThan(0);
    expect(definitions.find(({ Name }) => Name === 'orchestrator/cost by label')?.['QueryString']).toContain('`labels.team`');
  });

  it('are those that the runbook asks', () => {
    const asked = [...read('docs/runbook/README.md').matchAll(/`ask "([^"]+)"/g)].map(([, name = '']) => name);
    expect(asked.filter((name) => !queries.some((query) => query.name === name))).toEqual([]);
    expect(asked.length).toBeGreaterThan(5);
  });
});
