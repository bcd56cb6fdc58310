import * as z from 'zod';
import { bearings } from '../diagnosis/cause.ts';
import { causeCodes } from '../diagnosis/causes/causes.ts';
import { certainties, type Diagnosis } from '../diagnosis/diagnosis.ts';
import { isoTime, type EpochMs } from '../job/ids.ts';
import type { Job } from '../job/job.ts';
import { eventTypes } from '../job/event-types.ts';
import { jobStates, outcomes } from '../lifecycle/states.ts';
import { jobIdField, reasonField, timeField } from './fields.ts';
import { schedulerSchema } from './job-view.ts';

const finding = {
  cause: z.enum(causeCodes).meta({ description: 'For programs; docs/diagnosis.md lists all.' }),
  sentence: z.string().meta({ description: 'What happened to this very job, for people.' }),
  certainty: z.enum(certainties),
};

const findingSchema = z.object(finding).meta({ id: 'Finding', description: 'A cause that fits a job.' });

const stepEndSchema = z
  .object({
    key: z.string().meta({ description: 'Its place: `run/0`.' }),
    name: z.string(),
    node: z.exactOptional(z.string()).meta({ description: 'The first node that failed.' }),
    otherNodes: z.int().meta({ description: 'On how many others it failed.' }),
    exitCode: z.exactOptional(z.int()),
    signal: z.exactOptional(z.string()).meta({ description: 'Where the exit code says one: `SIGKILL`.' }),
  })
  .meta({ id: 'StepEnd', description: 'The step that ended badly.' });

const cloudErrorSchema = z
  .object({
    code: z.string(),
    message: z.exactOptional(z.string()),
    requestId: z.exactOptional(z.string()).meta({ description: 'Of the latest call that it came of: what AWS support asks for.' }),
    places: z.array(z.string()).meta({ description: '`workers: c6i.large spot in us-east-1a`' }),
    calls: z.int().meta({ description: 'How many calls it came of.' }),
  })
  .meta({ id: 'CloudError', description: 'What the cloud answered to launches.' });

const evidenceSchema = z
  .object({
    state: z.enum(jobStates),
    outcome: z.exactOptional(z.enum(outcomes)),
    attempt: z.int(),
    reason: z.exactOptional(reasonField),
    step: z.exactOptional(stepEndSchema),
    scheduler: z.exactOptional(schedulerSchema),
    cloud: z.array(cloudErrorSchema),
    events: z.array(z.object({ number: z.int(), at: timeField, type: z.enum(eventTypes), message: z.string() })).meta({ description: 'Entries of the history.' }),
    lines: z.array(z.object({ at: z.exactOptional(timeField), node: z.exactOptional(z.string()), message: z.string() })).meta({ description: 'What the step wrote last: 20 lines and 4 KiB at most.' }),
    linesNote: z.exactOptional(z.string()).meta({ description: 'Where the log could not be read, or not in time: that these lines are the history’s.' }),
    earlier: z
      .array(z.object({ attempt: z.int(), outcome: z.exactOptional(z.enum(outcomes)), message: z.exactOptional(z.string()) }))
      .meta({ description: 'How earlier attempts ended.' }),
  })
  .meta({ id: 'Evidence', description: 'What a diagnosis rests on.' });

export const diagnosisSchema = z
  .object({
    jobId: jobIdField,
    namespace: z.string(),
    at: timeField.meta({ description: 'When this was worked out.' }),
    ...finding,
    bearing: z.enum(bearings).meta({ description: 'Nothing is amiss (`well`), it `waits` for something, it `failed`, or it was `stopped` as somebody wanted.' }),
    evidence: evidenceSchema,
    youCanDo: z.array(z.string()),
    operatorCanDo: z.array(z.string()),
    runbook: z.string().meta({ description: 'Page and section, from the root of the repository.' }),
    others: z.array(findingSchema).meta({ description: 'What else fits, the likeliest first.' }),
  })
  .meta({ id: 'Diagnosis', description: 'Why a job is where it is, or ended as it did.' });

type DiagnosisView = z.output<typeof diagnosisSchema>;

/** A diagnosis as the API shows it. */
export function viewDiagnosis({ jobId, namespace }: Job, diagnosis: Diagnosis, nowMs: EpochMs): DiagnosisView {
  const { evidence, others, youCanDo, operatorCanDo, ...said } = diagnosis;
  return { jobId, namespace, at: isoTime(nowMs), ...said, evidence: viewEvidence(evidence), youCanDo: [...youCanDo], operatorCanDo: [...operatorCanDo], others: [...others] };
}

function viewEvidence({ cloud, events, lines, earlier, ...rest }: Diagnosis['evidence']): DiagnosisView['evidence'] {
  return {
    ...rest,
    cloud: cloud.map((error) => ({ ...error, places: [...error.places] })),
    events: events.map(({ atMs, ...event }) => ({ ...event, at: isoTime(atMs) })),
    lines: lines.map(({ atMs, ...line }) => ({ ...line, ...(atMs === undefined ? {} : { at: isoTime(atMs) }) })),
    earlier: [...earlier],
  };
}
