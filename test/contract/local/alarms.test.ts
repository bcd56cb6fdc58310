import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  CloudWatchClient, DescribeAlarmHistoryCommand, GetMetricDataCommand, PutCompositeAlarmCommand, PutMetricAlarmCommand, PutMetricDataCommand,
  type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { startLocalAws, type LocalAws } from './local-aws.ts';

const periodMs = 60_000;
/** When the alarms are evaluated: five periods after the first that has data. */
const at = Math.floor(Date.now() / periodMs) * periodMs;
const namespace = 'Contract';

let aws: LocalAws;
let cloudWatch: CloudWatchClient;
beforeAll(async () => {
  aws = await startLocalAws();
  cloudWatch = new CloudWatchClient(aws.client);
}, 120_000);
afterAll(async () => { await aws?.stop(); });

/** Writes a value into each of the last periods, the last of which is the last character: `-` for none, X breaches, 0 does not. */
async function write(metric: string, pattern: string, dimensions: Readonly<Record<string, string>> = {}): Promise<void> {
  const points = pattern.split('').flatMap((point, index) => point === '-' ? [] : [{
    MetricName: metric,
    Value: point === 'X' ? 1 : Number(point),
    Timestamp: new Date(at - (pattern.length - index) * periodMs + periodMs / 2),
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
  }]);
  if (points.length > 0) await cloudWatch.send(new PutMetricDataCommand({ Namespace: namespace, MetricData: points }));
}

async function put(alarm: string, properties: Partial<PutMetricAlarmCommandInput>): Promise<void> {
  await cloudWatch.send(new PutMetricAlarmCommand({
    AlarmName: alarm, EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    ...(properties.Metrics === undefined ? { Namespace: namespace, MetricName: alarm, Period: 60, Statistic: 'Sum' } : {}), ...properties,
  }));
}

async function states(moment: number = at): Promise<Readonly<Record<string, string>>> {
  const answer = await fetch(`${aws.endpoint}/_local/alarms/evaluate`, {
    method: 'POST', body: JSON.stringify({ at: new Date(moment).toISOString() }),
  });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { states: Record<string, string> }).states;
}

async function stateOf(alarm: string, moment?: number): Promise<string | undefined> {
  return (await states(moment))[alarm];
}

const sum = (id: string, metric: string) =>
  ({ Id: id, ReturnData: false, MetricStat: { Metric: { Namespace: namespace, MetricName: metric }, Period: 60, Stat: 'Sum' } });

/** The tables of AWS's documentation: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html */
describe.each([
  [3, '0-X-X', 'OK', 'OK', 'OK', 'OK'],
  [3, '0----', 'OK', 'OK', 'OK', 'OK'],
  [3, '-----', 'INSUFFICIENT_DATA', 'INSUFFICIENT_DATA', 'ALARM', 'OK'],
  [3, '0XX-X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  [3, '--X--', 'ALARM', 'INSUFFICIENT_DATA', 'ALARM', 'OK'],
  [2, '0-X-X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  [2, '00X0X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  [2, '0-X--', 'OK', 'OK', 'ALARM', 'OK'],
  [2, '----0', 'OK', 'OK', 'ALARM', 'OK'],
  [2, '---X-', 'ALARM', 'INSUFFICIENT_DATA', 'ALARM', 'OK'],
])('an alarm that needs %i of three datapoints and sees %s', (needed, pattern, missing, ignore, breaching, notBreaching) => {
  test.each(Object.entries({ missing, ignore, breaching, notBreaching }))(
    'takes missing ones as %s: %s', async (treat, state) => {
      const name = `${needed}-${pattern}-${treat}`;
      await write(name, pattern);
      await put(name, { EvaluationPeriods: 3, DatapointsToAlarm: needed, TreatMissingData: treat });
      await expect(stateOf(name)).resolves.toBe(state);
    });
});

test('an alarm sees the metric with exactly its dimensions', async () => {
  await write('Errors', '1', { Function: 'a' });
  await put('other', { MetricName: 'Errors', Dimensions: [{ Name: 'Function', Value: 'b' }] });
  await put('none', { MetricName: 'Errors' });
  await put('same', { MetricName: 'Errors', Dimensions: [{ Name: 'Function', Value: 'a' }] });
  await expect(states()).resolves.toMatchObject({ other: 'INSUFFICIENT_DATA', none: 'INSUFFICIENT_DATA', same: 'ALARM' });
});

test('an alarm clears as its data ages', async () => {
  await write('aging', '1');
  await put('aging', { TreatMissingData: 'notBreaching' });
  await expect(stateOf('aging')).resolves.toBe('ALARM');
  await expect(stateOf('aging', at + 10 * periodMs)).resolves.toBe('OK');
  const { AlarmHistoryItems: history = [] } = await cloudWatch.send(new DescribeAlarmHistoryCommand({ AlarmName: 'aging', HistoryItemType: 'StateUpdate' }));
  expect(history.map(({ HistorySummary: summary }) => summary)).toEqual(expect.arrayContaining([
    'Alarm updated from INSUFFICIENT_DATA to ALARM', 'Alarm updated from ALARM to OK',
  ]));
});

describe('metric math', () => {
  beforeAll(async () => {
    await write('faults', '13--');
    await write('calls', '2440');
  });

  test.each([
    ['faults / calls', 'OK'], // 3/4 is the latest that has a value: nothing is divided by nothing
    ['faults / calls + 0.25', 'ALARM'],
    ['IF(calls > 3, FILL(faults, 0), 9)', 'ALARM'],
    ['IF(calls > 3, FILL(faults, 0), 0)', 'OK'],
    ['SUM([FILL(faults, 0), calls]) - 4', 'OK'],
    ['FILL(faults, REPEAT) - 2', 'ALARM'],
    ['(calls < 1) AND FILL(faults, 0) == 0', 'ALARM'],
    ['SUM(calls) - 9', 'ALARM'],
    ['SUM(METRICS()) * 0', 'OK'],
    ['-MAX(calls) + MIN(faults) + 3.5', 'OK'],
  ])('%s: %s', async (expression, state) => {
    const name = `math ${expression}`;
    const result = { Id: 'e', Expression: expression, ReturnData: true };
    await put(name, { EvaluationPeriods: 2, DatapointsToAlarm: 1, Metrics: [sum('faults', 'faults'), sum('calls', 'calls'), result] });
    await expect(stateOf(name)).resolves.toBe(state);
  });

  test.each([
    ['ANOMALY_DETECTION_BAND(faults)', /ANOMALY_DETECTION_BAND/],
    ['faults / other', /id other/],
    ['faults +', /its end/],
  ])('%s is refused', async (expression, message) => {
    await expect(put('refused', { Metrics: [sum('faults', 'faults'), { Id: 'e', Expression: expression }] })).rejects.toThrow(message);
    expect(await states()).not.toHaveProperty('refused');
  });

  test('is answered by GetMetricData, where there is data', async () => {
    const { MetricDataResults: [result] = [] } = await cloudWatch.send(new GetMetricDataCommand({
      StartTime: new Date(at - 4 * periodMs), EndTime: new Date(at), ScanBy: 'TimestampAscending',
      MetricDataQueries: [sum('faults', 'faults'), sum('calls', 'calls'), { Id: 'e', Expression: 'faults / calls' }],
    }));
    expect(result?.Values).toEqual([0.5, 0.75]);
  });
});

test.each([
  [{ Period: 45 }, /45/], [{ EvaluationPeriods: 1441 }, /1441 periods/], [{ Statistic: undefined, ExtendedStatistic: 'WM(:90%)' }, /WM/],
])('what CloudWatch does not take, or cannot be evaluated, is refused: %j', async (properties, message) => {
  await expect(put('refused', properties as Partial<PutMetricAlarmCommandInput>)).rejects.toThrow(message);
});

test.each([['p50', 2, 'ALARM'], ['p50', 3, 'OK'], ['PR(:2)', 66, 'ALARM'], ['PR(:2)', 67, 'OK'], ['TC(2:)', 1, 'ALARM'], ['TM(:2)', 1.5, 'ALARM']])(
  '%s is compared with %d: %s', async (statistic, threshold, state) => {
    const name = `${statistic} ${threshold}`;
    for (const value of ['1', '2', '3']) await write(name, value);
    await put(name, { ExtendedStatistic: statistic, Statistic: undefined, Threshold: threshold });
    await expect(stateOf(name)).resolves.toBe(state);
  });

test('a composite alarm follows its children', async () => {
  await write('left', '1');
  await put('left', { TreatMissingData: 'notBreaching' });
  await put('right', { TreatMissingData: 'notBreaching' });
  await cloudWatch.send(new PutCompositeAlarmCommand({ AlarmName: 'both', AlarmRule: 'ALARM(left) AND ALARM(right)' }));
  await expect(states()).resolves.toMatchObject({ left: 'ALARM', right: 'OK', both: 'OK' });
  await write('right', '1');
  await expect(states()).resolves.toMatchObject({ both: 'ALARM' });
  await expect(states(at + 10 * periodMs)).resolves.toMatchObject({ both: 'OK' });
});

test('a request that names no moment is refused', async () => {
  const answer = await fetch(`${aws.endpoint}/_local/alarms/evaluate`, { method: 'POST', body: '{"at":"soon"}' });
  expect(answer.status).toBe(400);
});
