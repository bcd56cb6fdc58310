import type { Priority } from '@advanced-orchestrator/sdk';
import { InvalidArgumentError } from 'commander';

const classes = ['low', 'normal', 'high', 'urgent'] as const;

/** A priority: a number or the name of a class. */
export function priority(text: string): Priority {
  const named = classes.find((name) => name === text);
  if (named !== undefined) return named;
  if (!/^\d{1,4}$/.test(text) || Number(text) > 1000) throw new InvalidArgumentError(`It must be 0 to 1000, or one of ${classes.join(', ')}.`);
  return Number(text);
}

/** `name` or `name@version`. */
export function manifestVersion(text: string): { readonly name: string; readonly version?: number } {
  const [, name, version] = /^([a-z0-9](?:[a-z0-9-]*[a-z0-9])?)(?:@([1-9]\d{0,8}))?$/.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError('It must be NAME or NAME@VERSION.');
  return { name, ...(version === undefined ? {} : { version: Number(version) }) };
}

/** A whole number from 1. */
export function positive(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
}

/** A whole number from 0 to a bound. */
export function upTo(most: number): (text: string) => number {
  return (text) => {
    if (!/^\d{1,9}$/.test(text) || Number(text) > most) throw new InvalidArgumentError(`It must be a whole number from 0 to ${most}.`);
    return Number(text);
  };
}

/** One of these words, in letters of either case. */
export function oneOf<Word extends string>(words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const found = words.find((word) => word === text.toUpperCase());
    if (found === undefined) throw new InvalidArgumentError(`It must be one of ${words.join(', ')}.`);
    return found;
  };
}

/** Names separated by commas, in an option that may be given again. */
export function names(text: string, before: readonly string[] = []): readonly string[] {
  const given = text.split(',').map((name) => name.trim());
  if (given.includes('')) throw new InvalidArgumentError('It must be names, separated by commas.');
  return [...before, ...given];
}

/** A text, in an option that may be given again. */
export function each(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** A version, of what has a version 0 too. */
export function versionNumber(text: string): number {
  if (!/^\d{1,8}$/.test(text)) throw new InvalidArgumentError('It must be a version: a whole number from 0.');
  return Number(text);
}

/** A regular expression. */
export function pattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time in ISO 8601, or how long ago: `10m`, `2h`, `3d`. Answers it in ISO 8601, in UTC. */
export function timeBefore(now: () => number): (text: string) => string {
  return (text) => {
    const [, amount, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
    const ms = amount === undefined ? Date.parse(text) : now() - Number(amount) * (unitMs[unit ?? ''] ?? 0);
    if (Number.isNaN(ms)) throw new InvalidArgumentError('It must be a time such as 2030-01-31T09:00:00Z, or how long ago: 10m, 2h, 3d.');
    return new Date(ms).toISOString();
  };
}

/** `key=value`. */
export function label(text: string): string {
  if (!/^[^=]+=/.test(text)) throw new InvalidArgumentError('It must be KEY=VALUE.');
  return text;
}
