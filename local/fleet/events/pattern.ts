type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

/**
 * Whether an EventBridge pattern fits an event. Known are exact values, `prefix`, `suffix`, `equals-ignore-case`,
 * `wildcard`, `anything-but` (values or prefix), `exists`, `numeric` and `$or`. A pattern with anything else throws:
 * a rule that is not understood must not look like one that never fits.
 */
export function matchesPattern(pattern: string, event: unknown): boolean {
  const parsed: unknown = JSON.parse(pattern);
  return isObject(parsed) && isObject(event) && matchesObject(parsed, event);
}

function matchesObject(pattern: JsonObject, value: JsonObject): boolean {
  return Object.entries(pattern).every(([key, expected]) => {
    if (key === '$or' && isList(expected)) {
      return expected.some((branch) => isObject(branch) && matchesObject(branch, value));
    }
    const actual = value[key];
    if (isList(expected)) {
      return expected.some((matcher) => matchesField(matcher, actual));
    }
    return isObject(expected) && matchesObject(expected, isObject(actual) ? actual : {});
  });
}

/** A list in an event fits where one of its values does. */
function matchesField(matcher: Json, actual: Json | undefined): boolean {
  if (isObject(matcher) && 'exists' in matcher) {
    return (actual !== undefined) === matcher['exists'];
  }
  const values = isList(actual) ? actual : [actual];
  return values.some((value) => value !== undefined && matchesValue(matcher, value));
}

function matchesValue(matcher: Json, value: Json): boolean {
  if (!isObject(matcher)) {
    return matcher === value;
  }
  const [[operator, operand] = ['', null]] = Object.entries(matcher);
  switch (operator) {
    case 'prefix':
      return typeof value === 'string' && typeof operand === 'string' && value.startsWith(operand);
    case 'suffix':
      return typeof value === 'string' && typeof operand === 'string' && value.endsWith(operand);
    case 'equals-ignore-case':
      return typeof value === 'string' && typeof operand === 'string' && value.toLowerCase() === operand.toLowerCase();
    case 'wildcard':
      return typeof value === 'string' && typeof operand === 'string' && wildcard(operand).test(value);
    case 'anything-but':
      return !matchesExcluded(operand, value);
    case 'numeric':
      return typeof value === 'number' && isList(operand) && matchesNumeric(operand, value);
    default:
      throw new Error(`The event pattern uses ${operator}, which the fleet simulator does not know`);
  }
}

function matchesExcluded(operand: Json, value: Json): boolean {
  return isList(operand) ? operand.includes(value) : matchesValue(operand, value);
}

function matchesNumeric(conditions: readonly Json[], value: number): boolean {
  const [operator, bound, ...rest] = conditions;
  if (typeof bound !== 'number') {
    return false;
  }
  const holds =
    (operator === '=' && value === bound) ||
    (operator === '<' && value < bound) ||
    (operator === '<=' && value <= bound) ||
    (operator === '>' && value > bound) ||
    (operator === '>=' && value >= bound);
  return holds && (rest.length === 0 || matchesNumeric(rest, value));
}

function wildcard(pattern: string): RegExp {
  const escaped = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${escaped.join('.*')}$`, 's');
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
