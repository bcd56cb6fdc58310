import { createHash } from 'node:crypto';

import { z } from 'zod';

import type { FleetContext } from '../context.ts';
import type { Caller } from '../http/caller.ts';
import { readInput } from '../protocol/read-input.ts';
import { ServiceError } from '../protocol/service-error.ts';
import { authorize } from './access.ts';
import { parseDocument } from './document-content.ts';
import type { DocumentContent } from './document-content.ts';
import type { DocumentRecord, DocumentVersion } from './document-record.ts';

const LARGEST_DOCUMENT = 65_536;

const nameSchema = z.string().regex(/^[a-zA-Z0-9_\-.:/]{3,200}$/);
const formatSchema = z.enum(['JSON', 'YAML']).default('JSON');
const createSchema = z.looseObject({
  Name: z.string().regex(/^[a-zA-Z0-9_\-.]{3,128}$/),
  Content: z.string(),
  DocumentType: z.string().default('Command'),
  DocumentFormat: formatSchema,
  TargetType: z.string().optional(),
});
const updateSchema = z.looseObject({
  Name: nameSchema,
  Content: z.string(),
  DocumentVersion: z.string().optional(),
  DocumentFormat: formatSchema,
});
const namedSchema = z.looseObject({ Name: nameSchema, DocumentVersion: z.string().optional() });

/** `CreateDocument` */
export async function createDocument(input: unknown, caller: Caller, context: FleetContext): Promise<object> {
  const request = readInput(createSchema, input);
  await authorizeDocument(caller, 'CreateDocument', request.Name);
  if (request.DocumentType !== 'Command') {
    throw new ServiceError('ValidationException', `The fleet simulator keeps Command documents, not ${request.DocumentType}`);
  }
  if (context.documents.get(request.Name) !== undefined) {
    throw new ServiceError('DocumentAlreadyExists', `Document with same name ${request.Name} already exists`);
  }
  const record: DocumentRecord = {
    name: request.Name,
    account: caller.account,
    targetType: request.TargetType,
    defaultVersion: '1',
    versions: [newVersion('1', request.Content, request.DocumentFormat, context)],
  };
  context.documents.put(record.name, record);
  return { DocumentDescription: describe(record, '1') };
}

/** `UpdateDocument`: adds a version; the default stays until it is changed. */
export async function updateDocument(input: unknown, caller: Caller, context: FleetContext): Promise<object> {
  const request = readInput(updateSchema, input);
  await authorizeDocument(caller, 'UpdateDocument', request.Name);
  const record = findRecord(request.Name, context);
  if (record.versions.some(({ content }) => content === request.Content)) {
    throw new ServiceError('DuplicateDocumentContent', 'The content of the association document matches another document.');
  }
  const version = String(Number(latestVersion(record).version) + 1);
  const updated = {
    ...record,
    versions: [...record.versions, newVersion(version, request.Content, request.DocumentFormat, context)],
  };
  context.documents.put(updated.name, updated);
  return { DocumentDescription: describe(updated, version) };
}

/** `UpdateDocumentDefaultVersion` */
export async function updateDocumentDefaultVersion(input: unknown, caller: Caller, context: FleetContext): Promise<object> {
  const request = readInput(namedSchema, input);
  await authorizeDocument(caller, 'UpdateDocumentDefaultVersion', request.Name);
  const record = findRecord(request.Name, context);
  const { version } = findVersion(record, request.DocumentVersion);
  context.documents.put(record.name, { ...record, defaultVersion: version });
  return { Description: { Name: record.name, DefaultVersion: version } };
}

/** `DescribeDocument` */
export async function describeDocument(input: unknown, caller: Caller, context: FleetContext): Promise<object> {
  const request = readInput(namedSchema, input);
  await authorizeDocument(caller, 'DescribeDocument', request.Name);
  const record = findRecord(request.Name, context);
  return { Document: describe(record, findVersion(record, request.DocumentVersion).version) };
}

/** `GetDocument` */
export async function getDocument(input: unknown, caller: Caller, context: FleetContext): Promise<object> {
  const request = readInput(namedSchema, input);
  await authorizeDocument(caller, 'GetDocument', request.Name);
  const record = findRecord(request.Name, context);
  const { version, content, format } = findVersion(record, request.DocumentVersion);
  return {
    Name: record.name,
    DocumentVersion: version,
    Status: 'Active',
    Content: content,
    DocumentType: 'Command',
    DocumentFormat: format,
  };
}

/** `DeleteDocument` */
export async function deleteDocument(input: unknown, caller: Caller, context: FleetContext): Promise<object> {
  const request = readInput(namedSchema, input);
  await authorizeDocument(caller, 'DeleteDocument', request.Name);
  context.documents.delete(findRecord(request.Name, context).name);
  return {};
}

/** A document that a command names by name or ARN, with its content at a version. */
export function loadDocument(
  name: string,
  version: string | undefined,
  context: FleetContext,
): { readonly record: DocumentRecord; readonly version: string; readonly content: DocumentContent } {
  const record = findRecord(name, context);
  const found = findVersion(record, version);
  return { record, version: found.version, content: parseDocument(found.content, found.format) };
}

/** The ARN of a document of the account. */
export function documentArn(caller: Pick<Caller, 'region' | 'account'>, name: string): string {
  return `arn:aws:ssm:${caller.region}:${caller.account}:document/${name}`;
}

function authorizeDocument(caller: Caller, action: string, name: string): Promise<void> {
  return authorize(caller, [{ action: `ssm:${action}`, resource: documentArn(caller, shortName(name)) }]);
}

function shortName(name: string): string {
  return name.replace(/^arn:aws:ssm:[^:]*:[^:]*:document\//, '');
}

function findRecord(name: string, { documents }: FleetContext): DocumentRecord {
  const record = documents.get(shortName(name));
  if (record === undefined) {
    throw new ServiceError('InvalidDocument', `Document with name ${shortName(name)} does not exist.`);
  }
  return record;
}

function latestVersion(record: DocumentRecord): DocumentVersion {
  const latest = record.versions.at(-1);
  if (latest === undefined) {
    throw new Error(`Document ${record.name} has no version`);
  }
  return latest;
}

function findVersion(record: DocumentRecord, asked = '$DEFAULT'): DocumentVersion {
  if (asked === '$LATEST') {
    return latestVersion(record);
  }
  const wanted = asked === '$DEFAULT' ? record.defaultVersion : asked;
  const found = record.versions.find(({ version }) => version === wanted);
  if (found === undefined) {
    throw new ServiceError('InvalidDocumentVersion', `Document version ${asked} does not exist for ${record.name}.`);
  }
  return found;
}

function newVersion(version: string, content: string, format: string, { clock }: FleetContext): DocumentVersion {
  if (Buffer.byteLength(content) > LARGEST_DOCUMENT) {
    throw new ServiceError('MaxDocumentSizeExceeded', 'The size limit of a document is 64 KB.');
  }
  parseDocument(content, format);
  return { version, content, format, createdAtMs: clock.nowMs() };
}

function describe(record: DocumentRecord, version: string): object {
  const { content, format, createdAtMs } = findVersion(record, version);
  const parsed = parseDocument(content, format);
  return {
    Name: record.name,
    Hash: createHash('sha256').update(content).digest('hex'),
    HashType: 'Sha256',
    Owner: record.account,
    CreatedDate: createdAtMs / 1000,
    Status: 'Active',
    DocumentVersion: version,
    Description: parsed.description,
    Parameters: Object.entries(parsed.parameters).map(([Name, parameter]) => ({
      Name,
      Type: parameter.type === 'StringList' ? 'StringList' : 'String',
      Description: parameter.description,
      DefaultValue: typeof parameter.default === 'string' ? parameter.default : JSON.stringify(parameter.default),
    })),
    PlatformTypes: ['Linux', 'MacOS'],
    DocumentType: 'Command',
    SchemaVersion: parsed.schemaVersion,
    LatestVersion: latestVersion(record).version,
    DefaultVersion: record.defaultVersion,
    DocumentFormat: format,
    TargetType: record.targetType,
    Tags: [],
  };
}
