import { menderOf } from '../capacity/refused-launch.ts';
import type { JobEvent } from '../job/job.ts';
import type { ClosedSpan } from '../trace/closed-spans.ts';
import { launchesOf, type ToldLaunch } from '../trace/launches.ts';
import { spanId } from '../trace/span-ids.ts';
import { measurement, type Measurement } from './catalogue.ts';
import { codeDimension } from './job-dimensions.ts';

/** Of the launches that entries tell of, each once: a turn that ran again after a crash tells of some of them once more. */
export function launchMeasurements(entries: readonly JobEvent[], spans: readonly ClosedSpan[]): readonly Measurement[] {
  const told = new Set(spans.filter(({ subject }) => subject === 'launch').map((span) => span.spanId));
  const launches = entries.flatMap(({ attempt, data }) => launchesOf(data).filter(({ ordinal }) => told.delete(spanId('launch', attempt, ordinal))));
  return launches.flatMap(ofLaunch);
}

/** What is known to lack something, or will be refused, is answered without a call, in no time. */
const wasCalled = ({ tookMs }: ToldLaunch): boolean => tookMs !== 0;

function ofLaunch(launch: ToldLaunch): readonly Measurement[] {
  const { market, launched, codes, refused } = launch;
  const called = wasCalled(launch);
  const failed = new Set([...(called ? codes : []), ...(refused === undefined ? [] : [refused])].map(codeDimension));
  const isRefused = refused !== undefined && menderOf(launch) === 'operators';
  return [
    ...(called ? [measurement('LaunchCalls', 1, {})] : []),
    ...[...failed].map((Code) => measurement('LaunchErrors', 1, { Code })),
    ...(isRefused ? [measurement('LaunchesRefused', 1, {})] : []),
    ...(launched === 0 ? [] : [measurement('NodesLaunched', launched, { Market: market })]),
  ];
}
