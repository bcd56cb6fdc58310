import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import * as errors from '../../../../core/errors/orchestrator-error.ts';
import { problemOf } from '../../../../lambdas/runtime/problem.ts';

const root = join(import.meta.dirname, '..', '..', '..', '..');
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');
const product = globSync('{core,lambdas}/**/*.ts', { cwd: root }).map(textOf).join('\n');

const { errorNames, OrchestratorError: _base, ...classes } = errors;
const made = Object.values(classes).map((Kind) => new Kind('what happened'));
const problems = made.map((error) => ({ name: error.name, ...problemOf(error, 'request-1') }));

describe('the list of errors', () => {
  it('has the name of each class', () => {
    expect(Object.keys(classes).toSorted()).toEqual([...errorNames].toSorted());
    expect(made.map(({ name }) => name)).toEqual(Object.keys(classes));
  });

  it('has only what the product throws or API Gateway answers in its place', () => {
    const answers = [...textOf('lib/api/problem-responses.ts').matchAll(/\bname: '([a-z-]+)'/g)].map(([, name]) => `urn:orchestrator:problem:${name}`);
    const unused = problems.filter(({ name, body }) => !product.includes(`new ${name}(`) && !answers.includes(body.type));
    expect(unused.map(({ name }) => name)).toEqual([]);
  });
});

describe('the problem documents of errors', () => {
  it('tell what the client did by a type of its own', () => {
    const ofClients = problems.filter(({ status }) => status < 500 || status === 503);
    expect(new Set(ofClients.map(({ body }) => body.type)).size).toBe(ofClients.length);
    expect(ofClients.map(({ body }) => body.detail)).toEqual(ofClients.map(() => 'what happened'));
  });

  it('keep ours for the logs', () => {
    const ours = problems.filter(({ status }) => status === 500);
    expect(ours.map(({ name }) => name).toSorted()).toEqual(['ConfigurationError', 'InternalError', 'LeaseLostError']);
    expect(new Set(ours.map(({ body }) => body.type))).toEqual(new Set(['urn:orchestrator:problem:internal']));
    expect(ours.filter(({ body }) => body.detail.includes('what happened'))).toEqual([]);
  });

  it('say when to come back wherever that helps', () => {
    expect(problems.filter(({ headers }) => 'retry-after' in headers).map(({ status }) => status).toSorted()).toEqual([429, 503]);
  });
});
