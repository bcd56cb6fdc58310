import * as z from 'zod';
import { InvalidRequestError } from '../errors/orchestrator-error.ts';
import { manifestNameField, priorityField, reasonField, runtimeVersionField, usdField } from './fields.ts';
import { jobSchema } from './job-view.ts';
import { problemEntrySchema } from './manifest-view.ts';

/** A manifest with what is given beside it. */
export const submissionSchema = z
  .strictObject({
    manifest: z
      .exactOptional(z.union([z.string(), z.looseObject({})], { error: 'must be a manifest: an object, or its YAML as text' }))
      .meta({ description: 'The manifest as an object, or as YAML text: then problems carry lines.' }),
    manifestRef: z
      .exactOptional(z.strictObject({ name: manifestNameField, version: z.exactOptional(z.int().positive()) }))
      .meta({ description: 'A stored manifest; the latest version where none is named.' }),
    script: z.exactOptional(z.string().min(1)).meta({ description: 'The job: added to the manifest’s onRun steps.' }),
    priority: z.exactOptional(priorityField).meta({ description: 'Instead of the manifest’s.' }),
  })
  .refine(({ manifest, manifestRef }) => (manifest === undefined) !== (manifestRef === undefined), {
    error: 'needs either manifest or manifestRef',
  })
  .meta({ id: 'Submission', unusedIO: 'input', description: 'A manifest, or the name of a stored one, with what is given beside it.' });

export const dryRunSchema = z
  .object({
    dryRun: z.literal(true),
    namespace: z.string(),
    manifest: z.object({ name: z.string(), digest: z.string() }),
    runtimeVersion: z.exactOptional(runtimeVersionField),
    demand: z.object({ nodes: z.int(), vcpus: z.int(), gpus: z.int(), maxUsdPerHour: usdField }),
    plan: z.object({
      launches: z.array(
        z.object({
          pool: z.string(), count: z.int(), market: z.string(), instanceTypes: z.array(z.string()), zones: z.array(z.string()),
          why: z.string().meta({ description: 'What put this launch at its place, for people.' }),
          usdPerHour: usdField.meta({ description: 'Of all its nodes, at the dearest of its prices known now.' }),
        }),
      ).meta({ description: 'What would be tried, in this order, until every pool has its nodes.' }),
      cooling: z.array(reasonField.extend({ until: z.exactOptional(z.string()).meta({ description: 'Absent for what somebody has paused.' }) })).meta({ description: 'What is not tried for now.' }),
      maxUsdPerHour: usdField.meta({ description: 'With the dearest of its types, in US dollars; reserved capacity counts at list price.' }),
      maxUsdPerAttempt: usdField.meta({ description: 'From when the nodes are up until the job’s time is over, its post-run hooks and its teardown too, in US dollars.' }),
      attempts: z.int().meta({ description: 'How often the job runs at most, by its retry policy.' }),
      maxUsdInAll: usdField.meta({ description: 'Of all these attempts, in US dollars. Nodes that are given up while the rest is sought, volumes and traffic come on top.' }),
      limits: z.array(z.string()).meta({ description: 'Limits that the job meets as things are: quotas of the account, free addresses, its own budget.' }),
      without: z.array(z.string()).meta({ description: 'What nobody could say, and why: the plan is made without it.' }),
      notes: z.array(z.string()),
    }),
    warnings: z.array(problemEntrySchema),
  })
  .meta({ id: 'DryRun', description: 'What a submission would do and cost.' });

export const submittedSchema = jobSchema
  .extend({ warnings: z.array(problemEntrySchema) })
  .meta({ id: 'SubmittedJob', description: 'A job, with what is doubtful about its manifest.' });

export type DryRunView = z.output<typeof dryRunSchema>;
export type SubmittedView = z.output<typeof submittedSchema>;

/** Where the manifest of a submission is. */
export type ManifestSource =
  | { readonly kind: 'text'; readonly text: string; readonly format: 'yaml' | 'json' }
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'stored'; readonly name: string; readonly version?: number };

export interface SubmissionRequest {
  readonly source: ManifestSource;
  readonly script?: string;
  readonly priority?: number;
}

/**
 * Reads the body of a submission: a manifest as it is, or JSON that names one. What the media type leaves open is
 * seen from the text, since clients such as curl send a type of their own.
 *
 * @throws InvalidRequestError
 */
export function readSubmission(text: string, mediaType: string | undefined): SubmissionRequest {
  const format = formatOf(text, mediaType);
  if (format === 'yaml') return { source: { kind: 'text', text, format } };
  const value = tryJson(text);
  if (!isEnvelope(value)) return { source: { kind: 'text', text, format } };
  const result = submissionSchema.safeParse(value);
  if (!result.success) throw envelopeError(result.error);
  const { manifestRef, script, priority } = result.data;
  return {
    source: manifestRef === undefined ? embedded(value['manifest']) : { kind: 'stored', ...manifestRef },
    ...(script === undefined ? {} : { script }),
    ...(priority === undefined ? {} : { priority }),
  };
}

/** The format of a document by its media type, else by how it begins. A flow mapping of YAML that is no JSON is YAML. */
export function formatOf(text: string, mediaType: string | undefined): 'yaml' | 'json' {
  if (mediaType !== undefined && /(?:^|[/+.-])(?:x-)?ya?ml$/.test(mediaType)) return 'yaml';
  if (mediaType !== undefined && /[/+]json$/.test(mediaType)) return 'json';
  return /^\s*\{/.test(text) && tryJson(text) !== undefined ? 'json' : 'yaml';
}

function embedded(manifest: unknown): ManifestSource {
  return typeof manifest === 'string' ? { kind: 'text', text: manifest, format: 'yaml' } : { kind: 'value', value: manifest };
}

/** A manifest has `apiVersion` and `kind`, an envelope has neither. */
function isEnvelope(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return ['manifest', 'manifestRef', 'script', 'priority'].some((key) => Object.hasOwn(value, key)) && !Object.hasOwn(value, 'apiVersion');
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function envelopeError(error: z.ZodError): InvalidRequestError {
  const problems = error.issues.map((issue) => ({
    code: 'invalid-parameter',
    path: ['body', ...issue.path.map(String)].join('.').slice(0, 300).toWellFormed(),
    message: issue.message.slice(0, 300).toWellFormed(),
  }));
  return new InvalidRequestError(`The submission cannot be read: ${problems.map(({ path, message }) => `${path}: ${message}`).join('; ')}.`, { problems });
}
