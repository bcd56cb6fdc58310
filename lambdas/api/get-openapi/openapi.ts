import { createDocument } from 'zod-openapi';
import type {
  CreateDocumentOptions,
  ZodOpenApiObject,
  ZodOpenApiOperationObject,
  ZodOpenApiPathsObject,
  ZodOpenApiRequestBodyObject,
  ZodOpenApiResponsesObject,
  ZodOpenApiSchemaObject,
} from 'zod-openapi';
import { operations } from '../../../core/api/operations.ts';
import type { Contract } from '../../../core/api/operations.ts';
import { problemSchema } from '../../../core/api/problem-view.ts';
import { routes } from '../../../core/api/routes.ts';
import type { Route } from '../../../core/api/routes.ts';
import { submissionSchema } from '../../../core/api/submission.ts';
import { manifestJsonSchema } from '../../../core/manifest/json-schema.ts';
import type { JsonSchema } from '../../../core/manifest/json-schema.ts';
import { sharesJsonSchema } from '../../../core/shares/parse.ts';

export type OpenApiDocument = ReturnType<typeof createDocument>;

/** The OpenAPI 3.1 document: the route table with the very schemas that the handlers validate with. */
export function openApiDocument(): OpenApiDocument {
  return createDocument(content(), { override: openOutput });
}

function content(): ZodOpenApiObject {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Advanced Orchestrator',
      version: '1',
      description:
        'Submits manifests, shows jobs. Every request is signed with SigV4 for the service execute-api. Errors are RFC 9457 problem documents with a stable type.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    security: [{ sigv4: [] }],
    paths: paths(),
    components: {
      schemas: { ClusterDefinition: component(manifestJsonSchema()), Submission: submissionSchema, ShareDocument: component(sharesJsonSchema()) },
      securitySchemes: {
        sigv4: {
          type: 'apiKey',
          name: 'Authorization',
          in: 'header',
          description: 'AWS Signature Version 4',
          'x-amazon-apigateway-authtype': 'awsSigv4',
        },
      },
    },
  };
}

/** Answers may gain fields in a later release: clients are not to refuse them. */
const openOutput: NonNullable<CreateDocumentOptions['override']> = ({ jsonSchema, io }) => {
  if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
};

function paths(): ZodOpenApiPathsObject {
  const result: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const route of routes) {
    result[route.path] = { ...result[route.path], [route.method.toLowerCase()]: operation(route, operations[route.operationId]) };
  }
  return result;
}

function operation({ operationId, summary, path }: Route, contract: Contract): ZodOpenApiOperationObject {
  const body = requestBody(contract);
  return {
    operationId,
    summary,
    tags: [tagOf(path)],
    requestParams: {
      ...(contract.path === undefined ? {} : { path: contract.path }),
      ...(contract.query === undefined ? {} : { query: contract.query }),
      ...(contract.headers === undefined ? {} : { header: contract.headers }),
    },
    ...(body === undefined ? {} : { requestBody: body }),
    responses: responses(contract, path),
  };
}

function tagOf(path: string): string {
  if (path.includes('/jobs')) return 'jobs';
  if (path.includes('/manifests')) return 'manifests';
  return /\/(?:queue|shares|audit)/.test(path) ? 'queue' : 'service';
}

function requestBody({ body, document }: Contract): ZodOpenApiRequestBodyObject | undefined {
  if (body !== undefined) return { required: true, content: { 'application/json': { schema: body } } };
  if (document === undefined) return undefined;
  const schema = { $ref: document === 'shares' ? '#/components/schemas/ShareDocument' : '#/components/schemas/ClusterDefinition' } as const;
  const yaml = { 'application/yaml': { schema } };
  if (document !== 'submission') return { required: true, content: { ...yaml, 'application/json': { schema } } };
  const either = { anyOf: [{ $ref: '#/components/schemas/Submission' }, schema] };
  return { required: true, content: { ...yaml, 'application/json': { schema: either } } };
}

/** What can go wrong, by what the operation has: a namespace, an object in it, a document, a state. */
function responses(contract: Contract, path: string): ZodOpenApiResponsesObject {
  const { answers, body, document } = contract;
  const problems: Record<number, string> = {
    400: 'The request cannot be read; errors says where.',
    403: 'Not signed, or not allowed.',
    ...(/\{(?:jobId|name)\}/.test(path) || document === 'submission' ? { 404: 'There is no such job or manifest in this namespace.' } : {}),
    ...(/\{jobId\}/.test(path) ? { 409: 'Not possible in the job’s state.' } : {}),
    ...(body === undefined && document === undefined ? {} : { 413: 'The body has more than 300 KiB.' }),
    ...(document === undefined ? {} : { 422: 'The document is not acceptable; errors has every problem with its place.' }),
    429: 'Too many requests: come back after Retry-After.',
    503: 'AWS asks to slow down: come back after Retry-After.',
    ...contract.problems,
  };
  const answered = Object.entries(answers).map(([status, { description, body: schema }]) => [
    status,
    { description, content: { 'application/json': { schema } } },
  ]);
  const refused = Object.entries(problems).map(([status, description]) => [
    status,
    { description, content: { 'application/problem+json': { schema: problemSchema } } },
  ]);
  return Object.fromEntries([...answered, ...refused]);
}

/** OpenAPI 3.1 is JSON Schema 2020-12, which documents' schemas are; their `$schema` belongs to files of their own. */
function component({ $schema: _dialect, ...schema }: JsonSchema): ZodOpenApiSchemaObject {
  return schema as ZodOpenApiSchemaObject;
}
