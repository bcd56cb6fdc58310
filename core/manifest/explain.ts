import type { z } from 'zod';
import { DNS_LABEL } from './fields.ts';
import { correctKey } from './known-keys.ts';
import type { Vocabulary } from './known-keys.ts';
import { formatPath, summarise, valueAt } from './problems.ts';
import type { LocatedProblem, ManifestProblemCode, Path } from './problems.ts';
import { nearest } from './suggest.ts';

type Issue = z.core.$ZodIssue;
type IssueOf<Code extends Issue['code']> = Extract<Issue, { code: Code }>;

/** So many unknown keys of one mapping are explained: each takes a search for what was meant. */
const MAX_UNKNOWN_KEYS = 200;

/** Turns what zod found in a value into problems that people can act on, one per place and kind. */
export function explainIssues(issues: readonly Issue[], root: unknown, vocabulary: Vocabulary): readonly LocatedProblem[] {
  const found = new Map<string, LocatedProblem>();
  for (const each of issues.flatMap((issue) => explainIssue(issue, root, vocabulary))) {
    // The later check of a field is the narrower one: "at most 1000" rather than "at most 9007199254740991".
    found.set(`${each.code} ${formatPath(each.path)}`, each);
  }
  const problems = [...found.values()];
  // A mistyped key is one mistake, though it also leaves the right key missing.
  const meant = new Set(problems.filter(({ code }) => code === 'unknown-key').map(({ path, suggestion }) => formatPath([...path.slice(0, -1), suggestion ?? ''])));
  return problems.filter(({ code, path }) => code !== 'missing' || !meant.has(formatPath(path)));
}

function explainIssue(issue: Issue, root: unknown, vocabulary: Vocabulary, base: Path = []): readonly LocatedProblem[] {
  const path = [...base, ...issue.path];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.slice(0, MAX_UNKNOWN_KEYS).map((key) => unknownKey(key, path, root, vocabulary));
    case 'invalid_type':
      return [wrongType(issue.expected, path, root)];
    case 'invalid_value':
      return [notOneOf(issue.values, path, root)];
    case 'too_small':
    case 'too_big':
      return [problem('out-of-range', path, root, rangeMessage(issue))];
    case 'invalid_union':
      return explainUnion(issue, path, root, vocabulary);
    case 'invalid_key':
      return issue.issues.flatMap((inner) => explainIssue(inner, root, vocabulary, path)).map((found) => ({ ...found, at: 'key', value: summarise(path.at(-1)) }));
    case 'custom':
      return [explainRule(issue, path, root)];
    case 'invalid_format':
      return [badFormat(issue, path, root)];
    case 'not_multiple_of':
    case 'invalid_element':
      return [problem('invalid-value', path, root, issue.message)];
    default:
      return issue satisfies never;
  }
}

function problem(code: ManifestProblemCode, path: Path, root: unknown, message: string, suggestion?: string): LocatedProblem {
  const value = valueAt(root, path);
  return {
    code,
    path,
    at: 'value',
    message,
    ...(value === undefined ? {} : { value: summarise(value) }),
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

function unknownKey(key: string, parent: Path, root: unknown, vocabulary: Vocabulary): LocatedProblem {
  if (key === '<<') return { ...problem('unsupported-yaml', [...parent, key], root, 'merge keys (<<) are not supported: write the keys out'), at: 'key' };
  const { suggestion, belongsTo } = correctKey(key, parent, vocabulary.jsonSchema());
  const where = parent.length === 0 ? vocabulary.name : formatPath(parent);
  const hint = belongsTo === undefined ? '' : `; it belongs to ${belongsTo}`;
  return { ...problem('unknown-key', [...parent, key], root, `is not a key of ${where}${hint}`, suggestion), at: 'key' };
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'text', number: 'a number', int: 'a whole number', boolean: 'true or false', object: 'a mapping', record: 'a mapping', array: 'a list',
};

function wrongType(expected: string, path: Path, root: unknown): LocatedProblem {
  const value = valueAt(root, path);
  const wanted = TYPE_NAMES[expected] ?? expected;
  if (value === undefined) return problem('missing', path, root, `is required: ${wanted}`);
  if (value === null) return problem('wrong-type', path, root, `is empty; it must be ${wanted}`);
  const quotable = expected === 'string' && (typeof value === 'number' || typeof value === 'boolean');
  if (quotable) return { ...problem('wrong-type', path, root, 'must be text: put it in quotes', JSON.stringify(String(value))), quotes: true };
  const isNumeral = typeof value === 'string' && /^\d+$/.test(value) && (expected === 'number' || expected === 'int');
  if (isNumeral) return problem('wrong-type', path, root, `must be ${wanted}: leave out the quotes`, value);
  return problem('wrong-type', path, root, `must be ${wanted}, not ${typeName(value)}`);
}

function typeName(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number') return Number.isInteger(value) ? 'a whole number' : 'a fraction';
  return TYPE_NAMES[typeof value] ?? typeof value;
}

function notOneOf(allowed: readonly unknown[], path: Path, root: unknown): LocatedProblem {
  const value = valueAt(root, path);
  const texts = allowed.map(String);
  const list = texts.join(', ');
  const only = texts.length === 1 ? `must be ${list}` : `must be one of ${list}`;
  if (value === undefined) return problem('missing', path, root, `is required; it ${only}`);
  if (value === 'EKS' && texts.includes('Slurm')) return problem('not-supported', path, root, `EKS is not supported: it ${only}`);
  const suggestion = typeof value === 'string' ? nearest(value, texts) : undefined;
  return problem('invalid-value', path, root, only, texts.length === 1 ? list : suggestion);
}

function rangeMessage(issue: IssueOf<'too_small' | 'too_big'>): string {
  const least = issue.code === 'too_small';
  const limit = String(least ? issue.minimum : issue.maximum);
  if (issue.origin === 'string') return least && limit === '1' ? 'must not be empty' : `must have at ${least ? 'least' : 'most'} ${limit} characters`;
  if (issue.origin === 'array') return `must have at ${least ? 'least' : 'most'} ${limit} ${limit === '1' ? 'item' : 'items'}`;
  if (issue.inclusive === false) return `must be ${least ? 'more' : 'less'} than ${limit}`;
  return `must be at ${least ? 'least' : 'most'} ${limit}`;
}

/** The branch that the writer had in mind is the one whose outermost type fits, a list of fixed words last. */
function explainUnion(issue: IssueOf<'invalid_union'>, path: Path, root: unknown, vocabulary: Vocabulary): readonly LocatedProblem[] {
  const value = valueAt(root, path);
  if (value === undefined) return [problem('missing', path, root, 'is required')];
  const fitting = issue.errors.filter((branch) => branch.every((inner) => inner.path.length > 0 || inner.code !== 'invalid_type'));
  const branch = fitting.find(([first]) => first?.code !== 'invalid_value') ?? (typeof value === 'string' ? fitting[0] : undefined);
  if (branch !== undefined) return branch.flatMap((inner) => explainIssue(inner, root, vocabulary, path));
  const wanted = issue.errors.flatMap((inner) => inner.flatMap(expectation));
  return [problem('wrong-type', path, root, `must be ${[...new Set(wanted)].join(' or ')}, not ${value === null ? 'empty' : typeName(value)}`)];
}

function expectation(issue: Issue): readonly string[] {
  if (issue.code === 'invalid_type') return [TYPE_NAMES[issue.expected] ?? issue.expected];
  return issue.code === 'invalid_value' ? [issue.values.map(String).join(', ')] : [];
}

function explainRule(issue: IssueOf<'custom'>, path: Path, root: unknown): LocatedProblem {
  const code: ManifestProblemCode | undefined = issue.params?.['code'];
  const suggestion: unknown = issue.params?.['suggestion'];
  return problem(code ?? 'invalid-value', path, root, issue.message, typeof suggestion === 'string' ? suggestion : undefined);
}

function badFormat(issue: IssueOf<'invalid_format'>, path: Path, root: unknown): LocatedProblem {
  const value = valueAt(root, path);
  const isLabel = issue.pattern === String(DNS_LABEL) && typeof value === 'string';
  return problem('invalid-value', path, root, issue.message, isLabel ? asDnsLabel(value) : undefined);
}

/** The DNS label nearest to a text, `undefined` when nothing of it can stay. */
function asDnsLabel(text: string): string | undefined {
  const label = text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').slice(0, 63).replaceAll(/^-+|-+$/g, '');
  return label === '' ? undefined : label;
}
