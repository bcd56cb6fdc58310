import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { operations } from '../../../core/api/operations.ts';
import { routes } from '../../../core/api/routes.ts';
import { openApiDocument } from '../../../lambdas/api/get-openapi/openapi.ts';

const document = JSON.parse(JSON.stringify(openApiDocument()));

describe('the routes', () => {
  it.each(routes.map((route) => [route.operationId, route] as const))('%s has a handler', (_, { handler }) => {
    expect(existsSync(new URL(`../../../lambdas/api/${handler}/handler.ts`, import.meta.url))).toBe(true);
  });

  it('are distinct, and have a contract each', () => {
    expect(new Set(routes.map(({ method, path }) => `${method} ${path}`)).size).toBe(routes.length);
    expect(routes.map(({ operationId }) => operationId).toSorted()).toEqual(Object.keys(operations).toSorted());
  });

  it('call a parameter at the same place the same everywhere', () => {
    const names = new Map<string, string>();
    for (const { path } of routes) {
      for (const match of path.matchAll(/\{(\w+)\}/g)) {
        const before = path.slice(0, match.index);
        expect(names.get(before) ?? match[1]).toBe(match[1]);
        names.set(before, match[1] ?? '');
      }
    }
  });
});

describe('the OpenAPI document', () => {
  it('has every route with its parameters', () => {
    for (const { method, path, operationId } of routes) {
      const operation = document.paths[path][method.toLowerCase()];
      expect(operation.operationId).toBe(operationId);
      const inPath = (operation.parameters ?? []).filter((each: { in: string }) => each.in === 'path').map((each: { name: string }) => each.name);
      expect(inPath).toEqual([...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]));
    }
  });

  it('asks for a SigV4 signature', () => {
    expect(document.security).toEqual([{ sigv4: [] }]);
    expect(document.components.securitySchemes.sigv4).toMatchObject({ 'x-amazon-apigateway-authtype': 'awsSigv4' });
  });

  it('refers only to what it has', () => {
    const text = JSON.stringify(document);
    const names = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map((match) => match[1] ?? '');
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !(name in document.components.schemas))).toEqual([]);
  });

  it('leaves answers open for fields of later releases', () => {
    expect(document.components.schemas.Job.additionalProperties).toBeUndefined();
    expect(document.components.schemas.Submission.additionalProperties).toBe(false);
  });
});
