import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { metricCatalogue, metricNamespace, type Dimension, type MetricName } from '../../core/metrics/catalogue.ts';
import { parseConfiguration } from '../../lib/configuration/load.ts';
import { Alarms } from '../../lib/observability/alarms.ts';
import { severities } from '../../lib/observability/severity.ts';
import { ofType, scratchFolder, sourceRoot, synthesize } from './synthesize.ts';
import { expressionOf, metricsOf, watched } from './watched.ts';

const synthesized = synthesize({ telemetry: { monthlyBudgetUsd: 7300 } });
const { observability: { resources } } = synthesized;
const { metricAlarms, composites, told, parts } = watched(synthesized);
const read = (file: string) => readFileSync(join(sourceRoot, file), 'utf8');
const name = (alarm: Readonly<Record<string, unknown>>) => String(alarm['AlarmName']);
const words = (alarm: Readonly<Record<string, unknown>>) => String(alarm['AlarmDescription']);

describe('alarms', () => {
  it('name a section of the runbook that is there, and every section has an alarm', () => {
    const headings = new Set([...read('docs/runbook/README.md').matchAll(/^## (\S+)$/gm)].map(([, heading]) => heading));
    const sections = [...told, ...parts].map((alarm) => /docs\/runbook\/README\.md#(\S+)$/.exec(words(alarm))?.[1]);
    expect(new Set(sections)).toEqual(headings);
  });

  it('say what they ask for in their name and in their words, and tell the topic of it when they ring and when it is over', () => {
    for (const alarm of told) {
      const [, severity = ''] = /^orchestrator-(wake|look|know)-/.exec(name(alarm)) ?? [];
      expect(words(alarm)).toMatch(new RegExp(`^${severity}: `));
      const topic = [{ Ref: expect.stringMatching(new RegExp(`^Alarms${severity}Topic`, 'i')) }];
      expect([alarm['AlarmActions'], alarm['OKActions']]).toEqual([topic, topic]);
    }
  });

  it('that others are composed of tell nobody', () => {
    const composed = JSON.stringify(composites.map((alarm) => alarm['AlarmRule']));
    expect(parts.map((alarm) => ['AlarmActions', 'OKActions'].filter((actions) => actions in alarm))).toEqual(parts.map(() => []));
    for (const [id, { Properties }] of ofType(resources, 'AWS::CloudWatch::Alarm')) expect(composed.includes(`"${id}"`)).toBe(parts.includes(Properties));
  });

  it('wake somebody for what cannot wait, and for nothing else', () => {
    expect(told.map(name).filter((each) => each.includes('-wake-')).map((each) => each.replace('orchestrator-wake-', '')).sort()).toEqual([
      'ApiServerErrors', 'DeadLetters-lifecycle-reconcile', 'DeadLetters-queue-schedule-jobs', 'JobsStuck', 'LaunchesRefused', 'MachinesLeft',
      'ReconcilerSilent', 'SchedulerSilent', 'SubmissionAvailabilityFast', 'SubmissionLatencyFast',
    ]);
  });

  it('ring when what runs every minute falls silent, and for silence of nothing else', () => {
    const silent = metricAlarms.filter((alarm) => alarm['TreatMissingData'] !== 'notBreaching');
    expect(silent.map((alarm) => [alarm['MetricName'], alarm['TreatMissingData']])).toEqual([['Invocations', 'breaching'], ['Invocations', 'breaching']]);
  });

  it('read metrics that the product writes, with the dimensions that it writes', () => {
    const own = metricAlarms.flatMap((alarm) => Object.values(metricsOf(alarm))).filter(({ Namespace }) => !Namespace.startsWith('AWS/'));
    expect(new Set(own.map(({ Namespace }) => Namespace))).toEqual(new Set([metricNamespace('orchestrator')]));
    for (const { MetricName, Dimensions } of own) {
      const known: Partial<Record<string, { readonly dimensions: readonly Dimension[] }>> = metricCatalogue;
      expect([MetricName, Dimensions.map(({ Name }) => Name).sort()]).toEqual([MetricName, [...known[MetricName]?.dimensions ?? [], 'service'].sort()]);
    }
    expect(own.map(({ MetricName }) => MetricName)).toContain('LaunchesRefused' satisfies MetricName);
  });

  it('stay within what CloudWatch evaluates: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-limits.html', () => {
    for (const alarm of metricAlarms) {
      const metrics = Object.values(metricsOf(alarm));
      const periods = [...new Set(metrics.map(({ Period }) => Period))];
      expect([metrics.length <= 10, periods.length]).toEqual([true, 1]);
      const [period = 0] = periods;
      expect(period * Number(alarm['EvaluationPeriods'])).toBeLessThanOrEqual((period < 3600 ? 1 : 7) * 86_400);
    }
  });

  it('use of arithmetic what is simple, over metrics that they name', () => {
    for (const alarm of parts) {
      const symbols = [...(expressionOf(alarm) ?? '').matchAll(/[A-Za-z]\w*/g)].map(([symbol]) => symbol);
      expect(symbols.filter((symbol) => !['IF', 'FILL', 'MAX'].includes(symbol) && !(symbol in metricsOf(alarm)))).toEqual([]);
    }
    expect(parts.length).toBeGreaterThan(0);
  });
});

describe('who hears of alarms', () => {
  const topic = (severity: string) => `arn:aws:sns:us-east-1:111122223333:${severity}`;

  /** Topics of alarms by severity, who is subscribed to what, and where the runbook is said to be. */
  function toldBy(settings: unknown): { readonly topics: unknown; readonly subscriptions: readonly unknown[]; readonly runbooks: readonly unknown[] } {
    const stack = new Stack(new App({ builtinCloudFormationValidation: false, outdir: scratchFolder('alarms-') }));
    const alarms = new Alarms(stack, 'Alarms', { configuration: parseConfiguration({ alarms: settings }, 'test', 'us-east-1') });
    for (const severity of severities) alarms.deadLetters(`a/${severity}`, new Queue(stack, severity), severity);
    const template = Template.fromStack(stack);
    const made = Object.values(template.findResources('AWS::CloudWatch::Alarm')) as { readonly Properties: Readonly<Record<string, unknown>> }[];
    return {
      topics: Object.fromEntries(made.map(({ Properties }) => [/-(wake|look|know)-/.exec(name(Properties))?.[1], Properties['AlarmActions']])),
      subscriptions: Object.values(template.findResources('AWS::SNS::Subscription')).map(({ Properties }) => (Properties as Record<string, unknown>)['TopicArn']),
      runbooks: made.map(({ Properties }) => / Runbook: (\S+)$/.exec(words(Properties))?.[1]),
    };
  }

  it('is told the runbook by its address, where the deployment has one', () => {
    const runbookUrl = 'https://wiki.example.com/orchestrator/runbook';
    expect(toldBy({ runbookUrl }).runbooks).toEqual(severities.map(() => `${runbookUrl}#dead-letters`));
    expect(toldBy({}).runbooks).toEqual(severities.map(() => 'docs/runbook/README.md#dead-letters'));
  });

  it('is one topic for all, where the deployment names one', () => {
    expect(toldBy({ topicArn: topic('all'), email: 'oncall@example.com' })).toMatchObject({
      topics: { wake: [topic('all')], look: [topic('all')], know: [topic('all')] }, subscriptions: [topic('all')],
    });
  });

  it('is the topic of a severity, where the deployment names that', () => {
    expect(toldBy({ topicArn: topic('all'), topics: { wake: topic('pager') } }).topics).toEqual({ wake: [topic('pager')], look: [topic('all')], know: [topic('all')] });
    expect(toldBy({ topics: { know: topic('chat') } }).topics).toMatchObject({ wake: [{ Ref: expect.any(String) }], know: [topic('chat')] });
  });

  it('is by mail who wants to be woken or to look', () => {
    const { topics, subscriptions } = toldBy({ email: 'oncall@example.com' });
    const { wake, look } = topics as Record<string, unknown[]>;
    expect(subscriptions).toEqual([wake?.[0], look?.[0]]);
  });
});
