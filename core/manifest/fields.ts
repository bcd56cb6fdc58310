import * as z from 'zod';
import { isRecord, report } from './problems.ts';

/** Lowercase letters, digits and hyphens: what may stand in a URL, a host name and an IAM policy. */
export const DNS_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Control characters, line separators and marks that turn the direction of text: they fake what a terminal shows. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u;
const BLANK = /^\s*$/u;

/** Identifiers of the provider's catalogue: instance types, zones, regions. Their existence is checked at admission. */
const CATALOGUE_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$/;
const ENVIRONMENT_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const RESERVED_ENVIRONMENT_NAME = /^(?:ORCH_|TRACEPARENT$)/;

const MAX_SCRIPT_BYTES = 64 * 1024;
const MAX_ENVIRONMENT_VALUE_BYTES = 32 * 1024;
const MAX_ENVIRONMENT_NAMES = 100;
/** AWS tags a resource with at most 50; ten are ours. */
const MAX_LABELS = 40;

/** Size of a text in UTF-8, in bytes. */
export const utf8Bytes = (text: string): number => new TextEncoder().encode(text).length;

export const dnsLabel = (): z.ZodString =>
  z.string().regex(DNS_LABEL, {
    error: 'must be a DNS label: 1 to 63 lowercase letters, digits and hyphens, with a letter or digit at both ends',
  });

export const catalogueName = (): z.ZodString =>
  z.string().regex(CATALOGUE_NAME, { error: 'must be 1 to 64 letters, digits, dots, hyphens and underscores' });

/** One line of any text that shows as what it is. */
export const printableText = (maxLength: number): z.ZodString =>
  z
    .string()
    .min(1)
    .max(maxLength)
    .refine((text) => !UNPRINTABLE.test(text), { error: 'must not contain control characters or line breaks' })
    .refine((text) => text === '' || !BLANK.test(text), { error: 'must not be blank' });

/** Text that reaches a process: bounded, since it travels in requests of limited size. */
const textUpTo = (maxBytes: number): z.ZodString =>
  z.string().refine((text) => text.length <= maxBytes && utf8Bytes(text) <= maxBytes, {
    error: `must be at most ${maxBytes / 1024} KiB`,
    params: { code: 'out-of-range' },
  });

export const scriptText = (): z.ZodString =>
  textUpTo(MAX_SCRIPT_BYTES).refine((text) => !BLANK.test(text), { error: 'must not be empty' });

export const commandWord = (): z.ZodString => textUpTo(MAX_ENVIRONMENT_VALUE_BYTES);

export const wholeNumber = (min: number, max: number): z.ZodInt => z.int().min(min).max(max);

export const labels = () =>
  z
    .record(printableText(128), z.string().max(256).refine((text) => !UNPRINTABLE.test(text), {
      error: 'must not contain control characters or line breaks',
    }))
    .superRefine((value, ctx) => {
      const keys = Object.keys(value);
      if (keys.length > MAX_LABELS) {
        report(ctx, { code: 'out-of-range', path: [], message: `must have at most ${MAX_LABELS} labels, not ${keys.length}` });
      }
      for (const key of keys.filter((name) => /^aws:/i.test(name))) {
        report(ctx, { code: 'invalid-value', path: [key], message: 'labels that begin with "aws:" are reserved by AWS' });
      }
    }, { when: ({ value }) => isRecord(value) });

export const environment = () =>
  z
    .record(z.string().max(256).regex(ENVIRONMENT_NAME, {
      error: 'names of environment variables are letters, digits and underscores and do not begin with a digit',
    }), textUpTo(MAX_ENVIRONMENT_VALUE_BYTES))
    .superRefine((value, ctx) => {
      const names = Object.keys(value);
      if (names.length > MAX_ENVIRONMENT_NAMES) {
        report(ctx, { code: 'out-of-range', path: [], message: `must have at most ${MAX_ENVIRONMENT_NAMES} variables, not ${names.length}` });
      }
      for (const name of names.filter((key) => RESERVED_ENVIRONMENT_NAME.test(key))) {
        report(ctx, { code: 'conflict', path: [name], message: 'names that begin with ORCH_, and TRACEPARENT, are set by the orchestrator' });
      }
    }, { when: ({ value }) => isRecord(value) });

/** A list that names nothing twice. */
export const distinct = <T extends z.ZodType<string>>(item: T, max: number) =>
  z
    .array(item)
    .min(1)
    .max(max)
    .superRefine((items, ctx) => {
      for (const [index, value] of items.entries()) {
        if (items.indexOf(value) < index) report(ctx, { code: 'conflict', path: [index], message: `is listed twice: ${JSON.stringify(value)}` });
      }
    }, { when: ({ value }) => Array.isArray(value) });
