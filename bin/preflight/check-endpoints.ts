import { warn, type Finding } from './finding.ts';

/** Whether the environment sends the SDKs' calls elsewhere than to AWS: what is found then is not the account's. */
export function checkEndpoints(environment: Readonly<Record<string, string | undefined>>): Finding[] {
  if (environment['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS']?.toLowerCase() === 'true') return [];
  const names = Object.keys(environment).filter((name) => /^AWS_ENDPOINT_URL(_|$)/.test(name) && environment[name] !== '').toSorted();
  const [first] = names;
  if (first === undefined) return [];
  return [warn('endpoints', `an endpoint override is set (${first}): this looks at ${environment[first]} and not at AWS`,
    `To check or deploy to AWS: unset ${names.join(' ')}, or use a shell without them.`)];
}
