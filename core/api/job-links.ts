import * as z from 'zod';
import type { Deployment } from '../deployment/deployment.ts';
import { isoTime, epochMs, type EpochMs } from '../job/ids.ts';
import type { Job } from '../job/job.ts';
import { consoleUrl } from './console.ts';

export const jobLinksSchema = z
  .object({
    dashboard: z.string().meta({ description: 'The dashboard of jobs, in CloudWatch or in a Grafana, over the time of this one.' }),
  })
  .meta({ id: 'JobLinks', description: 'Where else to look at it.' });

type JobLinks = z.output<typeof jobLinksSchema>;

const HOUR_MS = 3_600_000;
/** What is told of a job arrives within so long after its end. */
const LATE_MS = 5 * 60_000;

/** Where else a job can be looked at; `undefined` where the deployment has no dashboard of jobs. */
export function jobLinks(
  deployment: Pick<Deployment, 'name' | 'region' | 'telemetry'>, job: Pick<Job, 'jobId' | 'submittedAtMs' | 'endedAtMs'>, nowMs: EpochMs,
): JobLinks | undefined {
  const { jobDashboard } = deployment.telemetry;
  if (jobDashboard === undefined) return undefined;
  const name = `${deployment.name}-job`;
  return { dashboard: jobDashboard === 'cloudwatch' ? inCloudWatch(deployment.region, name, job, nowMs) : inGrafana(jobDashboard.grafanaUrl, name, job) };
}

/** The console has no documented way to set a variable of a dashboard by its address: the reader fills in the id. */
function inCloudWatch(region: string, name: string, { submittedAtMs, endedAtMs }: Pick<Job, 'submittedAtMs' | 'endedAtMs'>, nowMs: EpochMs): string {
  const range = endedAtMs === undefined
    ? `start=PT${Math.max(1, Math.ceil((nowMs - submittedAtMs) / HOUR_MS))}H&end=null`
    : `start=${isoTime(submittedAtMs)}&end=${isoTime(epochMs(endedAtMs + LATE_MS))}`;
  return `${consoleUrl(region, 'cloudwatch')}#dashboards/dashboard/${name}?${range}`;
}

/** https://grafana.com/docs/grafana/latest/visualizations/dashboards/build-dashboards/create-dashboard-url-variables/ */
function inGrafana(url: string, uid: string, { jobId, submittedAtMs, endedAtMs }: Pick<Job, 'jobId' | 'submittedAtMs' | 'endedAtMs'>): string {
  const to = endedAtMs === undefined ? 'now' : String(endedAtMs + LATE_MS);
  const query = new URLSearchParams({ 'var-jobId': jobId, from: String(submittedAtMs), to });
  return `${url.replace(/\/+$/, '')}/d/${uid}?${query.toString()}`;
}
