import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { OrchestratorApiError } from '@advanced-orchestrator/sdk';
import type { DocumentText, Problem } from '@advanced-orchestrator/sdk';
import { isMap, parseDocument } from 'yaml';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** A file that was read. */
export interface Document extends DocumentText {
  /** What to call it in messages. */
  readonly file: string;
}

/** The service refused a document; its problems have places in the file. */
export class RefusedDocumentError extends Error {
  override readonly name = 'RefusedDocumentError';
  readonly file: string;
  readonly problem: Problem;

  constructor(file: string, problem: Problem) {
    super(problem.detail);
    this.file = file;
    this.problem = problem;
  }
}

const mediaTypes: Readonly<Record<string, string>> = { '.yaml': 'application/yaml', '.yml': 'application/yaml', '.json': 'application/json' };

/** Reads a file, or what is piped in when it is named `-`. */
export async function readDocument(terminal: Terminal, file: string): Promise<Document> {
  const bytes = file === '-' ? await terminal.readInput() : await readBytes(file);
  const name = file === '-' ? '<stdin>' : file;
  const mediaType = mediaTypes[extname(file).toLowerCase()];
  return { file: name, text: decode(name, bytes), ...(mediaType === undefined ? {} : { mediaType }) };
}

/** Where a manifest says that it belongs, as far as that can be read without judging it. */
export function namespaceIn({ text }: DocumentText): string | undefined {
  try {
    const { contents } = parseDocument(text, { logLevel: 'silent' });
    const namespace = isMap(contents) ? contents.getIn(['metadata', 'namespace']) : undefined;
    return typeof namespace === 'string' && namespace !== '' ? namespace : undefined;
  } catch {
    return undefined;
  }
}

/** Says of what the service refuses in which file it is. */
export async function sending<Answer>({ file }: Document, send: () => Promise<Answer>): Promise<Answer> {
  try {
    return await send();
  } catch (error) {
    const isAboutFile = error instanceof OrchestratorApiError && error.problem.errors !== undefined && [400, 413, 422].includes(error.status);
    throw isAboutFile ? new RefusedDocumentError(file, error.problem) : error;
  }
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${reasonOf(error)}`);
  }
}

const reasons: Readonly<Record<string, string>> = { ENOENT: 'there is no such file', EISDIR: 'it is a folder', EACCES: 'it is not allowed' };

function reasonOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  return reasons[code] ?? String(error);
}

function decode(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(`${name} is not text in UTF-8`);
  }
}
