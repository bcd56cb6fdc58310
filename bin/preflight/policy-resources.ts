import * as z from 'zod';

const oneOrMany = <T extends z.ZodType>(item: T) => z.union([z.array(item), item.transform((one) => [one])]);

const policy = z.object({ Statement: oneOrMany(z.object({ Effect: z.string(), Resource: oneOrMany(z.string()).default([]) })) });

/** Whether a policy lets somebody write to a log group, by its name or by one with `*`. What is no policy names nothing. */
export function namesLogGroup(document: string, group: string): boolean {
  return resourcesOf(document).some((resource) => resource === '*' || covers(resource.split(':').slice(5).join(':'), `log-group:${group}:log-stream:any`));
}

function resourcesOf(document: string): readonly string[] {
  const parsed = policy.safeParse(parse(document));
  return (parsed.data?.Statement ?? []).flatMap(({ Effect, Resource }) => (Effect === 'Allow' ? Resource : []));
}

function parse(document: string): unknown {
  try {
    return JSON.parse(document);
  } catch {
    return undefined;
  }
}

function covers(pattern: string, name: string): boolean {
  const literal = pattern.replaceAll(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`);
  return new RegExp(`^${literal.replaceAll('*', '.*')}$`).test(name);
}
