import SwaggerParser from '@apidevtools/swagger-parser';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { routes } from '../../../core/api/routes.ts';
import { deployedApi, type DeployedApi } from './deployed-api.ts';

jest.setTimeout(240_000);

let api: DeployedApi;
beforeAll(async () => {
  api = await deployedApi();
});

describe('the OpenAPI document that the deployment serves', () => {
  it('is valid OpenAPI 3.1, with all that it refers to', async () => {
    const document: Parameters<typeof SwaggerParser.validate>[0] = structuredClone(api.document) as never;
    expect(await SwaggerParser.validate(document)).toMatchObject({ openapi: '3.1.0', info: { title: 'Advanced Orchestrator' } });
  });

  it('has the routes that are deployed, and no others', () => {
    const served = Object.entries(api.document.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
    expect(served.toSorted()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).toSorted());
  });
});
