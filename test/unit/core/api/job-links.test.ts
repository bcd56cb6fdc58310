import { describe, expect, it } from '@jest/globals';
import { consoleUrl } from '../../../../core/api/console.ts';
import { jobLinks } from '../../../../core/api/job-links.ts';
import type { Deployment } from '../../../../core/deployment/deployment.ts';
import { epochMs, jobId } from '../../../../core/job/ids.ts';
import { aDeployment } from '../../../builders/capacity.ts';

const submittedAtMs = epochMs(Date.parse('2026-03-01T10:00:00Z'));
const endedAtMs = epochMs(Date.parse('2026-03-02T10:00:00Z'));
const nowMs = epochMs(Date.parse('2026-03-01T12:30:00Z'));
const job = { jobId: jobId('01jd8x2z5k3m9q7w4t6v8y0abc'), submittedAtMs };

function shownIn(jobDashboard: NonNullable<Deployment['telemetry']['jobDashboard']>): Deployment {
  const deployment = aDeployment({ name: 'prod', region: 'eu-west-1' });
  return { ...deployment, telemetry: { ...deployment.telemetry, jobDashboard } };
}

describe('the link to the dashboard of a job', () => {
  it('looks back until the submission while the job goes on', () => {
    expect(jobLinks(shownIn('cloudwatch'), job, nowMs)?.dashboard)
      .toBe('https://console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/prod-job?start=PT3H&end=null');
  });

  it('shows the time of the job, and a little more, once it has ended', () => {
    expect(jobLinks(shownIn('cloudwatch'), { ...job, endedAtMs }, nowMs)?.dashboard)
      .toMatch(/\?start=2026-03-01T10:00:00\.000Z&end=2026-03-02T10:05:00\.000Z$/);
  });

  it('names the job to a Grafana', () => {
    const link = new URL(jobLinks(shownIn({ grafanaUrl: 'https://grafana.example/base/' }), { ...job, endedAtMs }, nowMs)?.dashboard ?? '');
    expect(link.origin + link.pathname).toBe('https://grafana.example/base/d/prod-job');
    expect(Object.fromEntries(link.searchParams)).toEqual({ 'var-jobId': job.jobId, from: String(submittedAtMs), to: String(endedAtMs + 300_000) });
  });

  it('is not there where there is no such dashboard', () => {
    const deployment = aDeployment();
    const { jobDashboard: _, ...telemetry } = deployment.telemetry;
    expect(jobLinks({ ...deployment, telemetry }, job, nowMs)).toBeUndefined();
  });
});

describe('the console', () => {
  it.each([
    ['us-east-1', 'https://console.aws.amazon.com/'], ['us-gov-west-1', 'https://console.amazonaws-us-gov.com/'], ['cn-north-1', 'https://console.amazonaws.cn/'],
  ])('of %s is at %s', (region, begins) => {
    expect(consoleUrl(region, 'cloudwatch')).toBe(`${begins}cloudwatch/home?region=${region}`);
  });
});
