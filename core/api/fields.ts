import * as z from 'zod';
import { dnsLabel } from '../manifest/fields.ts';
import { MAX_PRIORITY, PRIORITY_CLASSES, priorityClass } from '../manifest/schema.ts';

/** How many entries a page has where nothing is said, and at most. */
const DEFAULT_PAGE = 50;
const MAX_PAGE = 100;
/** A page of log lines may be as long as what CloudWatch answers to one call, of which an account has few a second. */
export const MAX_LOG_PAGE = 10_000;

const JOB_ID = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/;
const CURSOR = /^[A-Za-z0-9_\-.~=]{1,4096}$/;

export const namespaceField = dnsLabel().meta({ description: 'The namespace.' });
export const manifestNameField = dnsLabel().meta({ description: 'Name of the manifest.' });
export const jobIdField = z
  .string()
  .regex(JOB_ID, { error: 'must be the id of a job: 26 lowercase letters and digits' })
  .meta({ description: 'Id of the job: a lower-case ULID.' });

/** A positive whole number as it stands in a URL. */
export const versionInPath = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, { error: 'must be a version: a whole number from 1' })
  .transform(Number)
  .meta({ description: 'Version of the manifest, from 1.' });

/** Parameters of every listing. */
export const pageQuery = (max: number = MAX_PAGE) => ({
  limit: z
    .string()
    .regex(/^\d{1,6}$/, { error: `must be a whole number from 1 to ${max}` })
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= max, { error: `must be a whole number from 1 to ${max}` })
    .default(DEFAULT_PAGE)
    .meta({ description: `How many entries, 1 to ${max}.` }),
  cursor: z
    .exactOptional(z.string().regex(CURSOR, { error: 'is not a cursor that this API gave out' }))
    .meta({ description: 'The cursor of the page before.' }),
});

/** A page of a listing. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    cursor: z.exactOptional(z.string()).meta({ description: 'Leads to the next page; absent on the last.' }),
  });

export const timeField = z.iso.datetime().meta({ description: 'ISO 8601 in UTC.' });
export const usdField = z.number().nonnegative().meta({ description: 'US dollars at list price, to six decimals.' });
export const runtimeVersionField = z.string().meta({ description: 'Release of the runtime that the machines bring along; absent where there is none, or the pools’ own images have it.' });
export const reasonField = z.object({
  code: z.string().meta({ description: 'For programs.' }),
  message: z.string().meta({ description: 'For people.' }),
});

/** Longest reason that an operator may give. */
const MAX_REASON_LENGTH = 500;

/** Why an operator does something: kept in the audit. */
export const operatorReason = z.string().trim().min(1).max(MAX_REASON_LENGTH).meta({ description: 'Why, for the audit and for whoever waits.' });

/** 0 to 1000 or the name of a class; read as a number. */
export const priorityField = z
  .union([z.int().min(0).max(MAX_PRIORITY), priorityClass], {
    error: `must be a whole number from 0 to ${MAX_PRIORITY}, or one of ${Object.keys(PRIORITY_CLASSES).join(', ')}`,
  })
  .transform((value) => (typeof value === 'string' ? PRIORITY_CLASSES[value] : value))
  .meta({ description: `0 to ${MAX_PRIORITY}, higher first, or a class: ${Object.keys(PRIORITY_CLASSES).join(', ')}.` });

/** Millionths of a dollar as dollars. */
export const usd = (micro: number): number => micro / 1_000_000;
