import { longOption, shortOption, type SbatchOption } from './sbatch-options.ts';

/** An option in an `#SBATCH` line. */
export interface Directive {
  /** Line of the script, from 1. */
  readonly line: number;
  /** Its long name. */
  readonly option: string;
  /** Absent where it has none. */
  readonly value?: string;
  /** As it stands there. */
  readonly written: string;
}

/** What sbatch does not read; it takes nothing of the script then. */
interface DirectiveFault {
  readonly line: number;
  readonly message: string;
}

/**
 * What a script says to sbatch, in its order: where an option stands twice the last one counts. An option that nobody knows here is left
 * out, with the rest of its line where that may be its value.
 */
export interface ScriptDirectives {
  readonly options: readonly Directive[];
  readonly faults: readonly DirectiveFault[];
}

interface Word {
  readonly line: number;
  readonly text: string;
}

/** Old scripts have the second; sbatch reads both. */
const MARKS = ['#SBATCH', '#SLURM'] as const;
const SEPARATOR = /^\s*(?:hetjob|packjob)(?:\s|$)/i;

/**
 * Reads the `#SBATCH` lines of a script as sbatch does: up to the first line that is neither blank nor a comment, all
 * words of all of them as one command line.
 */
export function sbatchDirectives(script: string): ScriptDirectives {
  const words: Word[] = [];
  const faults: DirectiveFault[] = [];
  for (const [index, text] of script.split('\n').entries()) {
    const line = index + 1;
    const mark = MARKS.find((each) => text.startsWith(each));
    if (mark === undefined) {
      if (/^\s*[^\s#]/.test(text)) break;
      continue;
    }
    const rest = text.slice(mark.length);
    if (SEPARATOR.test(rest)) {
      faults.push({ line, message: 'jobs of several components are not supported: a step of the run is one job' });
      break;
    }
    const found = wordsOf(rest);
    words.push(...found.words.map((word) => ({ line, text: word })));
    if (found.fault !== undefined) faults.push({ line, message: found.fault });
  }
  const read = readWords(words);
  return { options: read.options, faults: [...faults, ...read.faults] };
}

/**
 * Words with quotes and backslashes taken off, up to a `#`. A word of nothing ends the line. (Before Slurm 24.05 a space
 * ends a word even behind a backslash.)
 */
function wordsOf(text: string): { readonly words: readonly string[]; readonly fault?: string } {
  const words: string[] = [];
  let rest = text.trimStart();
  while (rest !== '') {
    if (rest.startsWith(':')) return { words, fault: 'no word may begin with a colon' };
    const { word, length, open } = firstWord(rest);
    if (open !== undefined) return { words, fault: `a ${open} has no other that closes it` };
    if (word === '') return { words };
    words.push(word);
    rest = rest.slice(length).trimStart();
  }
  return { words };
}

/** The word that a text begins with, how much of the text it is, and the quote in it that nothing closes. */
function firstWord(text: string): { readonly word: string; readonly length: number; readonly open?: string } {
  let word = '';
  let quote: string | undefined;
  let index = 0;
  for (; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (quote === undefined && (/\s/.test(character) || character === '#')) break;
    if (character === '\\') {
      const next = text.charAt(index + 1);
      index += 1;
      word += next;
    } else if (quote === undefined && (character === '"' || character === "'")) quote = character;
    else if (character === quote) quote = undefined;
    else word += character;
  }
  return { word, length: index, ...(quote === undefined ? {} : { open: quote }) };
}

/** As getopt reads a command line; `--`, or the first word that is no option, is where it stops. */
function readWords(words: readonly Word[]): ScriptDirectives {
  const options: Directive[] = [];
  const faults: DirectiveFault[] = [];
  let next = 0;
  const takeWord = (): string | undefined => words[next++]?.text;
  const take = ({ line, text }: Word, option: SbatchOption | undefined, attached: string | undefined): void => {
    if (option === undefined) {
      // The next word may be its value, and the words behind that belong to nobody then.
      if (attached === undefined) while (words[next]?.line === line) next += 1;
      return;
    }
    const { name, takes } = option;
    const value = attached ?? (takes === 'value' ? takeWord() : undefined);
    if (takes === 'value' && value === undefined) faults.push({ line, message: `${text} needs a value` });
    else options.push({ line, option: name, ...(value === undefined ? {} : { value }), written: attached === undefined && value !== undefined ? `${text} ${value}` : text });
  };
  while (next < words.length) {
    const word = words[next];
    if (word === undefined) break;
    next += 1;
    if (word.text === '--') {
      const left = words[next];
      if (left !== undefined) faults.push({ line: left.line, message: `${left.text} stands behind -- and is no option of sbatch` });
      break;
    }
    if (word.text.startsWith('--')) {
      const [name = '', ...value] = word.text.slice(2).split('=');
      take(word, longOption(name), value.length === 0 ? undefined : value.join('='));
    } else if (/^-[^-]/.test(word.text)) takeLetters(word, take);
    else {
      faults.push({ line: word.line, message: `${word.text} is no option of sbatch` });
      break;
    }
  }
  return { options, faults };
}

/** `-kN4`: letters without values, and one with the rest as its value. */
function takeLetters(word: Word, take: (word: Word, option: SbatchOption | undefined, attached: string | undefined) => void): void {
  for (let index = 1; index < word.text.length; index += 1) {
    const option = shortOption(word.text.charAt(index));
    const rest = word.text.slice(index + 1);
    take(word, option, option?.takes === 'nothing' || rest === '' ? undefined : rest);
    if (option?.takes !== 'nothing') return;
  }
}
