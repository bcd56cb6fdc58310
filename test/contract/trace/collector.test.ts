import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { jobId } from '../../../core/job/ids.ts';
import { jobTrace } from '../../../core/trace/job-trace.ts';
import { toOtlp } from '../../../core/trace/otlp.ts';
import { aHistory, aTracedJob, failedLife, moved, submitted, SUBMITTED_MS } from '../../builders/trace.ts';
import { hasRotel, startRotel, type Collector } from './rotel.ts';
import { said } from './said.ts';

jest.setTimeout(120_000);

(hasRotel() ? describe : describe.skip)('an OpenTelemetry collector', () => {
  let collector: Collector;

  beforeAll(async () => { collector = await startRotel(); });
  afterAll(async () => collector?.stop());

  it('takes traces, and reads in them what was meant', async () => {
    const ended = jobTrace(aTracedJob({ outcome: 'FAILED', labels: { team: 'földing “x”' } }), failedLife());
    const goesOn = jobTrace(aTracedJob({ jobId: jobId('01hf7yat00000000000000000b') }), aHistory(
      [0, submitted], [1, moved('PENDING', 'ACQUIRING_CAPACITY')], [2, { type: 'AttemptRetried', data: { outcome: 'NO_CAPACITY' }, message: 'none' }],
      [2, moved('ACQUIRING_CAPACITY', 'PENDING')], [3, moved('PENDING', 'ACQUIRING_CAPACITY'), 2],
    ));
    for (const trace of [ended, goesOn]) expect(await collector.send(JSON.stringify(toOtlp(trace, SUBMITTED_MS + 90_000)))).toBe(200);
    const collected = await collector.spans(ended.spans.length + goesOn.spans.length);
    const expected = [ended, goesOn].flatMap(({ traceId, spans }) => spans.map((span) => said(traceId, span)));
    expect(collected.map(({ attributes: _attributes, resource: _resource, ...span }) => span)).toEqual(expected);
    expect(collected[0]?.attributes).toEqual(expect.arrayContaining(['orchestrator.manifest.version: Int(1)', 'orchestrator.label.team: Str(földing “x”)']));
    expect(collected.find(({ name }) => name === 'launch')?.attributes.join('\n')).toMatch(/orchestrator\.launch\.zones: .*us-east-1a/);
    expect(collected.at(-1)?.attributes).toContain('orchestrator.open: Bool(true)');
  });

  it('would not take another encoding', async () => {
    const text = JSON.stringify(toOtlp(jobTrace(aTracedJob(), failedLife()), SUBMITTED_MS));
    expect(await collector.send(text.replace('"traceId":"', '"traceId":"not hexadecimal '))).not.toBe(200);
  });
});
