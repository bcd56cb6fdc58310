import { setTimeout as delay } from 'node:timers/promises';
import type { Diagnosis, JobDetail, JobEvent, JobRef } from '../../sdk/src/index.ts';
import type { TakeBack } from '../account.ts';
import { eventually } from '../eventually.ts';
import type { DrillCloud } from './cloud.ts';
import type { Failure, Failures } from './failure.ts';
import { falseAlarms } from './false-alarms.ts';
import { alarmVerdict, causeVerdict, evidenceVerdict, isRight, receivedVerdict, spanVerdict, type Answer, type Verdict } from './verdict.ts';

/** How long a cause may take to be named while a job waits, and an alarm to ring. */
const patienceMs = 60_000;
const pollMs = 2_000;
const minuteMs = 60_000;

interface DrillOptions {
  /** Told of each failure as soon as it is judged. */
  readonly told?: (verdict: Verdict) => void;
  /** What else goes on in the cloud, and needs all of its parts. */
  readonly meanwhile?: Promise<unknown>;
}

/** What a drill has found. */
export interface Drilled {
  readonly verdicts: readonly Verdict[];
  /** Names of alarms that rang, and that no failure accounts for. */
  readonly falseAlarms: readonly string[];
}

/**
 * Brings about all failures, each for a job of its own, and looks at what is said of them: at once, since what goes wrong for
 * one job is none of the others' business; those that stop a part that all need come afterwards. Which alarms ring is looked
 * at again whenever something was judged: nothing may ring but what a failure has to, or what rang before.
 */
export async function drill(cloud: DrillCloud, failures: Failures, { told, meanwhile }: DrillOptions = {}): Promise<Drilled> {
  const all = Object.entries(failures);
  const before = new Set(await cloud.ringing());
  const rang = new Set<string>();
  const judged = async ([name, failure]: (typeof all)[number]): Promise<Verdict> => {
    const found = await judge(cloud, name, failure);
    const verdict = await cloud.ringing().then((ringing) => {
      for (const alarm of ringing) if (!before.has(alarm)) rang.add(alarm);
      return found;
    }, (error: unknown): Verdict => ({ ...found, alarm: wrong(error) }));
    told?.(verdict);
    return verdict;
  };
  const alike = (kind: Kind) => Promise.all(all.filter(([, failure]) => kindOf(failure) === kind).map(judged));
  const long = alike('long');
  // It is waited for below; where something goes wrong before that, this is not what is told.
  long.catch(() => undefined);
  const verdicts = await alike('short');
  await meanwhile;
  verdicts.push(...await alike('heavy'), ...await alike('scheduler'), ...await long, ...await alike('telemetry'));
  return {
    verdicts: all.flatMap(([name]) => verdicts.find((verdict) => verdict.name === name) ?? []),
    falseAlarms: falseAlarms(rang, failures),
  };
}

type Kind = 'short' | 'long' | 'heavy' | NonNullable<Failure['stops']>;

const kindOf = ({ stops, long, heavy }: Failure): Kind => stops ?? (long === true ? 'long' : heavy === true ? 'heavy' : 'short');

const wrong = (error: unknown): Answer => ({ found: String(error), isRight: false });

/** One failure, from what brings it about to what takes it back. What throws is the verdict. */
async function judge(cloud: DrillCloud, name: string, failure: Failure): Promise<Verdict> {
  const began = performance.now();
  const takeBack: TakeBack[] = [];
  let job: JobRef | undefined;
  const verdict = (answers: Pick<Verdict, 'cause' | 'evidence' | 'span' | 'alarm'>): Verdict => ({ name, jobId: job?.jobId ?? '', ...answers, seconds: (performance.now() - began) / 1000 });
  const found = async (): Promise<Verdict> => {
    job = await bringAbout(cloud, failure, takeBack);
    if (failure.asked === 'ended') await cloud.ends(job);
    const diagnosis = await diagnosisOf(cloud, job, failure);
    const { detail, events } = await cloud.historyOf(job);
    return verdict({
      cause: causeVerdict(failure, diagnosis), evidence: evidenceVerdict(failure, diagnosis), span: await marked(cloud, failure, detail, events), alarm: await rings(cloud, failure),
    });
  };
  const allWrong = (error: unknown): Verdict => verdict({ cause: wrong(error), evidence: wrong(error), span: wrong(error), alarm: wrong(error) });
  let answer = await found().catch(allWrong);
  for (const back of takeBack.toReversed()) {
    await back().catch((error: unknown) => { answer = allWrong(`${answer.cause.found}; not taken back: ${String(error)}`); });
  }
  if (job !== undefined && failure.asked === 'waiting') await cloud.client.cancelJob(job).catch(() => undefined); // it may have ended by now
  return answer;
}

async function bringAbout(cloud: DrillCloud, { manifest, faults = [], faultsOfJob = [], prepare, drive }: Failure, takeBack: TakeBack[]): Promise<JobRef> {
  const keep = (back: void | TakeBack): void => { if (back !== undefined) takeBack.push(back); };
  for (const fault of faults) keep(await cloud.breaks(manifest.metadata.namespace, fault));
  keep(await prepare?.(cloud));
  const job = await cloud.submit(manifest);
  for (const fault of faultsOfJob) keep(await cloud.breaks(job.jobId, fault));
  keep(await drive?.(cloud, job));
  return job;
}

/** What is said at last: that a job waits for something takes its time to be known. */
async function diagnosisOf(cloud: DrillCloud, job: JobRef, { asked, cause, evidence }: Failure): Promise<Diagnosis> {
  const end = Date.now() + (asked === 'ended' ? 0 : patienceMs);
  for (;;) {
    const diagnosis = await cloud.client.diagnoseJob(job);
    if ((diagnosis.cause === cause && diagnosis.evidence.state === evidence.state) || Date.now() > end) return diagnosis;
    await delay(pollMs);
  }
}

/** The trace of the history, and of a job that has ended what the collector received of it, where there is one. */
async function marked(cloud: DrillCloud, failure: Failure, detail: JobDetail, events: readonly JobEvent[]): Promise<Answer> {
  const answer = spanVerdict(failure, detail, events);
  const { site } = cloud;
  if (!answer.isRight || failure.asked !== 'ended' || failure.untold === true || site.received() === undefined) return answer;
  for (const end = Date.now() + patienceMs; ; await delay(pollMs)) {
    const told = receivedVerdict(detail, events, site.received() ?? []);
    if (told?.isRight === true) return answer;
    if (Date.now() > end) return told ?? { found: 'the collector received no root', isRight: false };
  }
}

async function rings(cloud: DrillCloud, failure: Failure): Promise<Answer> {
  const { alarm } = failure;
  if (alarm === undefined) return alarmVerdict(failure, []);
  const at = alarm.afterMinutes === undefined ? undefined : new Date(Date.now() + alarm.afterMinutes * minuteMs);
  try {
    return await eventually(`${alarm.id} rings`, async () => {
      const answer = alarmVerdict(failure, await cloud.ringing(at));
      return answer.isRight && answer;
    }, { timeoutMs: patienceMs / 2 }).catch(async () => alarmVerdict(failure, await cloud.ringing(at)));
  } finally {
    if (at !== undefined) await cloud.ringing();
  }
}

/** Whether all was told as it has to be. */
export const isAllRight = ({ verdicts, falseAlarms: rang }: Drilled): boolean => verdicts.length > 0 && verdicts.every(isRight) && rang.length === 0;
