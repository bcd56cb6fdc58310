import { describe, expect, it } from '@jest/globals';
import { routes, type OperationId } from '../../../core/api/routes.ts';
import { textOf } from './pages.ts';

interface Policy {
  readonly Statement: readonly { readonly Effect: string; readonly Action: string; readonly Resource: readonly string[] }[];
}

/** Policies of the API's callers, in the order of the page: a user's, an operator's. */
const policies = [...textOf('docs/deploy.md').matchAll(/```json\n([\s\S]*?)```/g)]
  .map(([, json = '']): Policy => JSON.parse(json)).filter(({ Statement }) => Statement?.[0]?.Action === 'execute-api:Invoke');
const [user, operator] = policies.map(({ Statement }) => Statement.flatMap(({ Resource }) => Resource));

/** As IAM matches: a star stands for any characters, slashes too. */
const admits = (resource: string, method: string, path: string): boolean =>
  new RegExp(`^${RegExp.escape(resource).replaceAll(String.raw`\*`, '.*')}$`).test(`arn:aws:execute-api:us-east-1:111122223333:<ApiId>/api/${method}${path}`);

const inNamespace = (path: string, namespace: string): string => path.replace('{namespace}', namespace).replaceAll(/\{\w+\}/g, 'x');

/** Operations that a policy admits, with `namespace` in the place of the path's. */
const admitted = (resources: readonly string[] = [], namespace = 'bio'): readonly OperationId[] => routes
  .filter(({ method, path }) => resources.some((resource) => admits(resource, method, inNamespace(path, namespace))))
  .map(({ operationId }) => operationId);

const all = routes.map(({ operationId }) => operationId);
const forOperators: readonly OperationId[] = ['recountQueue', 'pauseQueue', 'resumeQueue', 'putShares', 'listAudit'];

describe('the policies of callers', () => {
  it('are a user’s and an operator’s', () => {
    expect(policies).toHaveLength(2);
    expect(policies.flatMap(({ Statement }) => Statement.map(({ Effect }) => Effect))).toEqual(['Allow', 'Allow']);
  });

  it('let a user do all in the namespace, and look at what is the whole deployment’s', () => {
    expect(admitted(user)).toEqual(all.filter((operation) => !forOperators.includes(operation)));
  });

  it('let a user do nothing in another namespace, whatever it is called', () => {
    const elsewhere = routes.filter(({ path }) => path.includes('{namespace}')).map(({ operationId }) => operationId);
    for (const namespace of ['physics', 'bio2', 'my-bio']) expect(admitted(user, namespace).filter((operation) => elsewhere.includes(operation))).toEqual([]);
  });

  it('let an operator do everything everywhere', () => {
    expect([admitted(operator), admitted(operator, 'physics')]).toEqual([all, all]);
  });

  it('name nothing that the API does not have', () => {
    const idle = [...user ?? [], ...operator ?? []].filter((resource) => !routes.some(({ method, path }) => admits(resource, method, inNamespace(path, 'bio'))));
    expect(idle).toEqual([]);
  });
});
