import { ofType, type Resource } from './synthesize.ts';

/** A statement of an identity policy, with the roles that have it. */
export interface Grant {
  readonly policy: string;
  readonly actions: readonly string[];
  readonly resources: readonly unknown[];
  readonly conditions: unknown;
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** All statements that allow something, of policies and of inline policies of roles. */
export function grantsOf(resources: Readonly<Record<string, Resource>>): Grant[] {
  const documents = ofType(resources, 'AWS::IAM::Policy').map(([id, { Properties }]) => [id, Properties['PolicyDocument']] as const);
  const inline = ofType(resources, 'AWS::IAM::Role').flatMap(([id, { Properties }]) =>
    ((Properties['Policies'] ?? []) as { PolicyDocument: unknown }[]).map(({ PolicyDocument }) => [id, PolicyDocument] as const));
  return [...documents, ...inline].flatMap(([policy, document]) =>
    (document as { Statement: readonly Statement[] }).Statement
      .filter(({ Effect }) => Effect === 'Allow')
      .map((statement) => ({
        policy,
        actions: asList(statement.Action),
        resources: asList(statement.Resource),
        conditions: statement.Condition,
      })));
}

function asList<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}
