/** The name of a host of AWS in a region, such as `xray.us-east-1.amazonaws.com`; regions of China have a domain of their own. */
export function awsHost(name: string, region: string): string {
  return `${name}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}
