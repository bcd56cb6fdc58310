import { parse } from 'yaml';
import { z } from 'zod';

import { ServiceError } from '../protocol/service-error.ts';
import type { Step } from './command.ts';

const DEFAULT_STEP_SECONDS = 3600;
const LONGEST_STEP_SECONDS = 172_800;

const parameterSchema = z.looseObject({
  type: z.enum(['String', 'StringList', 'Boolean', 'Integer', 'StringMap', 'MapList']),
  description: z.string().optional(),
  default: z.unknown().optional(),
  allowedPattern: z.string().optional(),
  allowedValues: z.array(z.unknown()).optional(),
  minChars: z.coerce.number().optional(),
  maxChars: z.coerce.number().optional(),
  minItems: z.coerce.number().optional(),
  maxItems: z.coerce.number().optional(),
  interpolationType: z.enum(['ENV_VAR']).optional(),
});

const stepSchema = z.looseObject({
  action: z.literal('aws:runShellScript'),
  name: z.string().regex(/^[a-zA-Z0-9_\-.]{1,128}$/),
  precondition: z.unknown().optional(),
  inputs: z.looseObject({
    runCommand: z.union([z.array(z.string()), z.string()]),
    timeoutSeconds: z.union([z.string(), z.number()]).optional(),
    workingDirectory: z.string().optional(),
    onFailure: z.string().optional(),
  }),
});

const contentSchema = z.looseObject({
  schemaVersion: z.literal('2.2'),
  description: z.string().optional(),
  parameters: z.record(z.string(), parameterSchema).default({}),
  mainSteps: z.array(stepSchema).min(1),
});

type DocumentParameter = z.output<typeof parameterSchema>;
/** A Command document of schema version 2.2 whose steps are shell scripts. */
export type DocumentContent = z.output<typeof contentSchema>;
/** The parameters of a command as SSM takes them. */
export type ParameterValues = Readonly<Record<string, readonly string[]>>;

/** Reads a document; throws InvalidDocumentContent with every reason. */
export function parseDocument(content: string, format: string): DocumentContent {
  const result = contentSchema.safeParse(readText(content, format));
  if (!result.success) {
    throw new ServiceError('InvalidDocumentContent', `The document content is not valid. ${z.prettifyError(result.error)}`);
  }
  return result.data;
}

function readText(content: string, format: string): unknown {
  try {
    return format === 'YAML' ? parse(content) : JSON.parse(content);
  } catch (error) {
    throw new ServiceError('InvalidDocumentContent', `The document is not valid ${format}: ${String(error)}`);
  }
}

/** The steps of a document for the given parameters; throws InvalidParameters as SSM does. */
export function compileSteps(document: DocumentContent, given: ParameterValues): Step[] {
  const values = checkParameters(document, given);
  const environment = Object.fromEntries(
    Object.entries(document.parameters)
      .filter(([, parameter]) => parameter.interpolationType === 'ENV_VAR')
      .map(([name]) => [`SSM_${name}`, (values[name] ?? []).join('\n')]),
  );
  return document.mainSteps.map(({ name, inputs }) => {
    const { runCommand, timeoutSeconds, workingDirectory, onFailure } = inputs;
    const lines = (Array.isArray(runCommand) ? runCommand : [runCommand]).flatMap((line) => substituteLines(line, document, values));
    return {
      name,
      script: `${lines.join('\n')}\n`,
      environment,
      workingDirectory: workingDirectory === undefined ? undefined : substitute(workingDirectory, document, values) || undefined,
      timeoutSeconds: readTimeout(timeoutSeconds === undefined ? undefined : substitute(String(timeoutSeconds), document, values)),
      exitOnFailure: onFailure === 'exit',
    };
  });
}

/** The given parameters with the document's defaults, each checked against its rules. */
export function checkParameters(document: DocumentContent, given: ParameterValues): ParameterValues {
  const unknown = Object.keys(given).filter((name) => document.parameters[name] === undefined);
  if (unknown.length > 0) {
    throw new ServiceError('InvalidParameters', `The document does not define the parameters: ${unknown.join(', ')}`);
  }
  return Object.fromEntries(
    Object.entries(document.parameters).map(([name, parameter]) => {
      const values = given[name] ?? defaultOf(name, parameter);
      checkValues(name, parameter, values);
      return [name, values];
    }),
  );
}

function defaultOf(name: string, parameter: DocumentParameter): readonly string[] {
  const { default: value } = parameter;
  if (value === undefined) {
    throw new ServiceError('InvalidParameters', `The parameter ${name} is required and was not given`);
  }
  return Array.isArray(value) ? value.map(String) : [typeof value === 'string' ? value : JSON.stringify(value)];
}

function checkValues(name: string, parameter: DocumentParameter, values: readonly string[]): void {
  const refuse = (reason: string) => {
    throw new ServiceError('InvalidParameters', `Parameter ${name} ${reason}`);
  };
  if (parameter.type !== 'StringList' && values.length !== 1) {
    refuse('takes one value');
  }
  if (parameter.minItems !== undefined && values.length < parameter.minItems) {
    refuse(`takes at least ${parameter.minItems} items`);
  }
  if (parameter.maxItems !== undefined && values.length > parameter.maxItems) {
    refuse(`takes at most ${parameter.maxItems} items`);
  }
  for (const value of values) {
    const { allowedPattern, allowedValues, minChars = 0, maxChars = Number.POSITIVE_INFINITY } = parameter;
    if (allowedPattern !== undefined && !new RegExp(`^(?:${allowedPattern})$`, 's').test(value)) {
      refuse(`does not match the allowed pattern ${allowedPattern}`);
    }
    if (allowedValues !== undefined && !allowedValues.map(String).includes(value)) {
      refuse(`has none of the allowed values ${allowedValues.join(', ')}`);
    }
    if (value.length < minChars || value.length > maxChars) {
      refuse(`must have from ${minChars} to ${maxChars} characters`);
    }
  }
}

/** A line that is nothing but a list's name becomes the list's lines; else names become text. */
function substituteLines(line: string, document: DocumentContent, values: ParameterValues): readonly string[] {
  const [, whole = ''] = /^\s*\{\{\s*([A-Za-z0-9_-]+)\s*\}\}\s*$/.exec(line) ?? [];
  const list = document.parameters[whole]?.type === 'StringList' ? values[whole] : undefined;
  return list ?? [substitute(line, document, values)];
}

function substitute(text: string, document: DocumentContent, values: ParameterValues): string {
  return text.replaceAll(/\{\{\s*([A-Za-z0-9_:.-]+)\s*\}\}/g, (_whole, name: string) => {
    const value = values[name];
    if (value === undefined) {
      throw new ServiceError('InvalidParameters', `The document uses {{ ${name} }}, which it does not define`);
    }
    return document.parameters[name]?.type === 'StringList' ? JSON.stringify(value) : (value[0] ?? '');
  });
}

function readTimeout(text: string | undefined): number {
  const seconds = text === undefined || text === '' ? DEFAULT_STEP_SECONDS : Number(text);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > LONGEST_STEP_SECONDS) {
    throw new ServiceError('InvalidParameters', `timeoutSeconds must be from 1 to ${LONGEST_STEP_SECONDS}`);
  }
  return seconds;
}
