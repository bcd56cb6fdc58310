import { CloudWatchLogsClient, paginateDescribeLogGroups, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import type { SharedCloud } from './shared-cloud.ts';

/** What lets others act, by how it looks: access keys, presigned URLs, tokens of sessions and tasks, private keys. */
const patterns = {
  'access key': /\b(?:AKIA|ASIA)[A-Z0-9]{12,}/,
  'presigned URL': /X-Amz-(?:Signature|Security-Token)=[A-Za-z0-9%]/i,
  'secret of a session': /"(?:SecretAccessKey|SessionToken)\\?"\s*:\s*\\?"[^"…]/,
  'task token': /"(?:task)?token\\?"\s*:\s*\\?"[^"…]/i,
  'private key': /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
} as const;

/** A text that was written, and where. */
interface Written {
  readonly where: string;
  readonly text: string;
}

/** What was looked through, and what was found in it that should not be there. */
interface SecretSearch {
  /** Lines of each log group, and entries of histories. */
  readonly searched: Readonly<Record<string, number>>;
  /** Each with what it is and where. */
  readonly found: readonly string[];
}

/** What a text has that looks like a secret, or is one of those that are known. */
export function secretsIn(text: string, known: Readonly<Record<string, string>> = {}): readonly string[] {
  const alike = Object.entries(patterns).filter(([, pattern]) => pattern.test(text)).map(([name]) => name);
  return [...alike, ...Object.entries(known).filter(([, secret]) => secret !== '' && text.includes(secret)).map(([name]) => name)];
}

/**
 * Looks through all log groups, of functions, state machines and jobs, and through the histories of all jobs.
 *
 * @param known secrets by what they are, beside what looks like one
 */
export async function findSecrets(cloud: SharedCloud, known: Readonly<Record<string, string>> = {}): Promise<SecretSearch> {
  const searched: Record<string, number> = {};
  const found: string[] = [];
  for await (const { where, text } of writtenIn(cloud)) {
    searched[where] = (searched[where] ?? 0) + 1;
    found.push(...secretsIn(text, known).map((secret) => `${secret} in ${where}: ${text.slice(0, 2000)}`));
  }
  return { searched, found };
}

/** Tokens of the tasks for which jobs waited last, by whose they are. */
export async function taskTokensOf({ account }: SharedCloud): Promise<Readonly<Record<string, string>>> {
  const waits = (await account.items('JOB#')).flatMap(({ pk, wait }) => {
    const { token } = (wait ?? {}) as { readonly token?: string };
    return token === undefined ? [] : [[`task token of ${pk}`, token] as const];
  });
  return Object.fromEntries(waits);
}

async function* writtenIn({ account }: SharedCloud): AsyncGenerator<Written, void> {
  const client = new CloudWatchLogsClient(account.client);
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, {})) {
    for (const { logGroupName = '' } of logGroups) {
      for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName })) {
        for (const { message = '' } of events) yield { where: logGroupName, text: message };
      }
    }
  }
  for (const item of await account.items('JOB#')) {
    if (item.sk.startsWith('EVENT#')) yield { where: 'histories', text: JSON.stringify(item) };
  }
}
