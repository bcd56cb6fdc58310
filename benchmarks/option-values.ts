import { InvalidArgumentError } from 'commander';

/** Reads names by commas. */
export const list = (text: string): string[] => text.split(',').map((name) => name.trim()).filter((name) => name !== '');

/** Reads numbers above 0 by commas. */
export function numbers(text: string): number[] {
  const values = list(text).map(Number);
  if (values.length === 0 || !values.every((value) => value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('These are numbers above 0, by commas.');
  return values;
}

/** Reads a share of a whole, from 0 to 1. */
export function fraction(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1)) throw new InvalidArgumentError('It is a number from 0 to 1.');
  return value;
}

/** A reader of numbers that are not below `least`. */
export function atLeast(least: number, kind: 'any' | 'whole' = 'any'): (text: string) => number {
  return (text) => {
    const value = Number(text);
    const fits = text.trim() !== '' && value >= least && Number.isFinite(value) && (kind === 'any' || Number.isInteger(value));
    if (!fits) throw new InvalidArgumentError(`It is a${kind === 'whole' ? ' whole' : ''} number of at least ${least}.`);
    return value;
  };
}
