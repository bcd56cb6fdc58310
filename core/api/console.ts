/** Domains of the consoles of AWS's partitions, by how the names of their regions begin; the last is for all others. */
const consoles = [
  ['cn-', 'console.amazonaws.cn'],
  ['us-gov-', 'console.amazonaws-us-gov.com'],
  ['', 'console.aws.amazon.com'],
] as const;

/** The page of a service in the console, in a region: `https://…/cloudwatch/home?region=us-east-1`. */
export function consoleUrl(region: string, service: string): string {
  const domain = consoles.find(([prefix]) => region.startsWith(prefix))?.[1];
  return `https://${domain}/${service}/home?region=${region}`;
}
