import * as z from 'zod';
import { jobStates, outcomes } from '../lifecycle/states.ts';
import { auditEntrySchema } from './audit-view.ts';
import { capacityQuery, capacitySchema } from './capacity-view.ts';
import { diagnosisSchema } from './diagnosis-view.ts';
import { explanationSchema } from './explain-view.ts';
import { MAX_LOG_PAGE, jobIdField, manifestNameField, namespaceField, operatorReason, pageOf, pageQuery, priorityField, versionInPath } from './fields.ts';
import { eventSchema, jobDetailSchema, jobSchema, logLineSchema } from './job-view.ts';
import { manifestDetailSchema, manifestSummarySchema, validationSchema } from './manifest-view.ts';
import { pauseInForceSchema, pauseRequestSchema, resumedSchema } from './pause-view.ts';
import { queueLimit, queueSchema } from './queue-view.ts';
import { recountedSchema, recountSchema } from './recount-view.ts';
import type { OperationId } from './routes.ts';
import { appliedSharesSchema, sharesSchema } from './shares-view.ts';
import { dryRunSchema, submittedSchema } from './submission.ts';

/** What an operation expects and what it answers: handlers validate with it, the OpenAPI document shows it. */
export interface Contract {
  readonly path?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  /** A JSON body. */
  readonly body?: z.ZodType;
  /** A body that the operation reads itself: a document as YAML or JSON, or a manifest with what is given beside it. */
  readonly document?: 'manifest' | 'submission' | 'shares';
  readonly answers: Readonly<Record<number, { readonly description: string; readonly body: z.ZodType }>>;
  /** Problems of its own, by status: beside those that follow from its path and its body. */
  readonly problems?: Readonly<Record<number, string>>;
}

const inNamespace = z.strictObject({ namespace: namespaceField });
const oneJob = z.strictObject({ namespace: namespaceField, jobId: jobIdField });
const oneManifest = z.strictObject({ namespace: namespaceField, name: manifestNameField });
const flag = z.enum(['true', 'false']).default('false').transform((value) => value === 'true');
const nothing = z.strictObject({});
const page = z.strictObject(pageQuery());
const anyObject = z.record(z.string(), z.unknown());

const idempotencyKey = z
  .exactOptional(z.string().regex(/^[\x21-\x7E]{1,128}$/, { error: 'must be 1 to 128 printable ASCII characters without spaces' }))
  .meta({ description: 'The same key with the same request makes one job; honoured for 24 hours.' });

const labelFilter = z
  .string()
  .max(400)
  .regex(/^[^=]+=/, { error: 'must be key=value' })
  .transform((text) => ({ key: text.slice(0, text.indexOf('=')), value: text.slice(text.indexOf('=') + 1) }))
  .meta({ description: 'Only jobs with this label: `key=value`.' });

const sharesVersionInQuery = z
  .string()
  .regex(/^\d{1,8}$/, { error: 'must be a version: a whole number from 0' })
  .transform(Number)
  .meta({ description: 'Version of the shares; the one in force where none is named.' });

const ifMatch = z
  .string()
  .regex(/^"?\d{1,8}"?$/, { error: 'must be the version that is to be replaced, such as "7"' })
  .transform((text) => Number(text.replaceAll('"', '')))
  .meta({ description: 'The version that the caller has seen: another one in force is a 409.' });

/** The contracts of all operations. */
export const operations = {
  submitJob: {
    path: inNamespace,
    query: z.strictObject({ dryRun: flag.meta({ description: 'Only show the plan and its cost.' }) }),
    headers: z.object({ 'idempotency-key': idempotencyKey }),
    document: 'submission',
    answers: {
      200: { description: 'The job that this idempotency key made before; or, of a dry run, the plan.', body: z.union([submittedSchema, dryRunSchema]) },
      201: { description: 'The new job.', body: submittedSchema },
    },
  },
  listJobs: {
    path: inNamespace,
    query: z.strictObject({
      ...pageQuery(),
      state: z.exactOptional(z.enum(jobStates)).meta({ description: 'Only jobs in this state.' }),
      outcome: z.exactOptional(z.enum(outcomes)).meta({ description: 'Only jobs with this outcome.' }),
      user: z.exactOptional(z.string().min(1).max(128)).meta({ description: 'Only this user’s jobs.' }),
      label: z.exactOptional(labelFilter),
    }),
    answers: { 200: { description: 'Jobs, newest first.', body: pageOf(jobSchema).meta({ id: 'JobPage' }) } },
  },
  getJob: { path: oneJob, query: nothing, answers: { 200: { description: 'The job.', body: jobDetailSchema } } },
  setPriority: {
    path: oneJob,
    query: nothing,
    body: z.strictObject({ priority: priorityField }).meta({ id: 'PriorityChange' }),
    answers: { 200: { description: 'The job as it is now.', body: jobSchema } },
  },
  listEvents: {
    path: oneJob,
    query: page,
    answers: { 200: { description: 'Its history, oldest first.', body: pageOf(eventSchema).meta({ id: 'EventPage' }) } },
  },
  readLogs: {
    path: oneJob,
    query: z.strictObject({
      ...pageQuery(MAX_LOG_PAGE),
      attempt: z.exactOptional(versionInPath).meta({ description: 'Only this attempt; all where none is named.' }),
      node: z.exactOptional(z.string().regex(/^[a-z0-9][a-z0-9-]{0,80}$/, { error: 'must be the name of a node' })).meta({ description: 'Only this node.' }),
      step: z.exactOptional(z.string().min(1).max(128)).meta({ description: 'Only this step.' }),
      since: z.exactOptional(z.iso.datetime({ error: 'must be an ISO 8601 time in UTC' })).meta({ description: 'Only lines from this time on.' }),
    }),
    answers: { 200: { description: 'Lines, oldest first.', body: pageOf(logLineSchema).meta({ id: 'LogPage' }) } },
  },
  explainJob: { path: oneJob, query: nothing, answers: { 200: { description: 'Where it is and why.', body: explanationSchema } } },
  diagnoseJob: { path: oneJob, query: nothing, answers: { 200: { description: 'The cause, its evidence and what can be done.', body: diagnosisSchema } } },
  cancelJob: { path: oneJob, query: nothing, answers: { 202: { description: 'It is being cancelled, or it was before.', body: jobSchema } } },
  releaseJob: { path: oneJob, query: nothing, answers: { 202: { description: 'It is being released, or it was before.', body: jobSchema } } },
  listManifests: {
    path: inNamespace,
    query: page,
    answers: { 200: { description: 'Manifests with their latest version.', body: pageOf(manifestSummarySchema).meta({ id: 'ManifestPage' }) } },
  },
  putManifest: {
    path: oneManifest,
    query: nothing,
    document: 'manifest',
    answers: {
      200: { description: 'The version that it is already.', body: manifestDetailSchema },
      201: { description: 'The new version.', body: manifestDetailSchema },
    },
  },
  getManifest: { path: oneManifest, query: nothing, answers: { 200: { description: 'The latest version.', body: manifestDetailSchema } } },
  listManifestVersions: {
    path: oneManifest,
    query: page,
    answers: { 200: { description: 'Versions, newest first.', body: pageOf(manifestSummarySchema).meta({ id: 'ManifestVersionPage' }) } },
  },
  getManifestVersion: {
    path: oneManifest.extend({ version: versionInPath }),
    query: nothing,
    answers: { 200: { description: 'The version.', body: manifestDetailSchema } },
  },
  getQueue: {
    query: z.strictObject({ limit: queueLimit }),
    answers: { 200: { description: 'The queue as the scheduler sees it.', body: queueSchema } },
  },
  recountQueue: {
    query: nothing,
    body: recountSchema,
    answers: { 200: { description: 'Where counters were wrong.', body: recountedSchema } },
    problems: { 409: 'The scheduler is at work.' },
  },
  pauseQueue: { query: nothing, body: pauseRequestSchema, answers: { 200: { description: 'It is held back.', body: pauseInForceSchema } } },
  resumeQueue: { query: nothing, body: pauseRequestSchema, answers: { 200: { description: 'It goes on.', body: resumedSchema } } },
  getShares: {
    query: z.strictObject({ version: z.exactOptional(sharesVersionInQuery) }),
    answers: { 200: { description: 'The shares in force, or the version that was asked for. ETag is the version.', body: sharesSchema } },
    problems: { 404: 'There is no such version.' },
  },
  putShares: {
    query: z.strictObject({
      dryRun: flag.meta({ description: 'Only show what would change.' }),
      comment: z.exactOptional(operatorReason),
    }),
    headers: z.object({ 'if-match': z.exactOptional(ifMatch) }),
    document: 'shares',
    answers: {
      200: { description: 'A dry run; or nothing changes, and the shares keep their version.', body: appliedSharesSchema },
      201: { description: 'They are in force, in a new version.', body: appliedSharesSchema },
    },
    problems: { 409: 'Another version is in force than the caller has seen.' },
  },
  getCapacity: { query: capacityQuery, answers: { 200: { description: 'What is known now.', body: capacitySchema } } },
  listAudit: { query: page, answers: { 200: { description: 'Newest first.', body: pageOf(auditEntrySchema).meta({ id: 'AuditPage' }) } } },
  validateManifest: {
    query: nothing,
    document: 'manifest',
    answers: { 200: { description: 'It is acceptable.', body: validationSchema } },
  },
  getManifestSchema: { query: nothing, answers: { 200: { description: 'JSON Schema, draft 2020-12.', body: anyObject } } },
  getOpenApi: { query: nothing, answers: { 200: { description: 'OpenAPI 3.1.', body: anyObject } } },
} as const satisfies Record<OperationId, Contract>;
