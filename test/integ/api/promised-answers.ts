import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { RawAnswer, RawRequest } from './raw-request.ts';

const id = 'https://orchestrator.example/openapi.json';

/** The part of an OpenAPI document that leads to its schemas. */
export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, unknown>> }>>>>;
}

/** Holds what the API answers to what its OpenAPI document promises, by a JSON Schema validator that is not ours. */
export class PromisedAnswers {
  readonly #document: OpenApiDocument;
  readonly #ajv: Ajv2020;

  constructor(document: OpenApiDocument) {
    this.#document = document;
    this.#ajv = new Ajv2020({ strict: false, allErrors: true });
    formats.default(this.#ajv);
    this.#ajv.addSchema({ ...document, $id: id });
  }

  /** @throws when the document promises no such answer to this request; what no route is for is a problem document. */
  check({ method, path }: RawRequest, answer: RawAnswer): void {
    const mediaType = answer.status < 400 ? 'application/json' : 'application/problem+json';
    const where = `${method} ${path.slice(0, 200)}: ${answer.status} ${answer.text.slice(0, 500)}`;
    if (answer.headers['content-type'] !== mediaType) throw new Error(`${answer.headers['content-type']} in place of ${mediaType}: ${where}`);
    if (answer.headers['x-request-id'] === undefined) throw new Error(`No request id: ${where}`);
    if (method === 'HEAD') return;
    const validate = this.#schemaOf(method, path, answer.status, mediaType);
    if (!validate(JSON.parse(answer.text))) throw new Error(`${this.#ajv.errorsText(validate.errors)}: ${where}`);
  }

  #schemaOf(method: string, path: string, status: number, mediaType: string): ValidateFunction {
    const template = Object.keys(this.#document.paths).find((candidate) => fits(candidate, path));
    const operation = template === undefined ? undefined : this.#document.paths[template]?.[method.toLowerCase()];
    if (template === undefined || operation === undefined) return this.#compile('components', 'schemas', 'Problem');
    if (!(status in operation.responses)) throw new Error(`${method} ${template} promises no ${status}.`);
    return this.#compile('paths', template, method.toLowerCase(), 'responses', String(status), 'content', mediaType, 'schema');
  }

  #compile(...pointer: readonly string[]): ValidateFunction {
    const fragment = pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
    const ref = `${id}#/${fragment}`;
    const known = this.#ajv.getSchema(ref);
    if (known === undefined) throw new Error(`The document has no ${ref}.`);
    return known;
  }
}

/** Whether a path is one of the template's: `/v1/jobs/{jobId}`. */
function fits(template: string, path: string): boolean {
  const wanted = template.split('/');
  const parts = path.split('/');
  return wanted.length === parts.length && wanted.every((part, i) => (part.startsWith('{') ? parts[i] !== '' : part === parts[i]));
}
