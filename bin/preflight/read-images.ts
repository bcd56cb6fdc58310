import { DescribeImagesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { DeploymentConfiguration } from '../../lib/configuration/schema.ts';
import { imageWords, type ImageFacts, type ImagesFacts } from './facts.ts';

const parameterPrefix = 'resolve:ssm:';
const parametersPerCall = 10;

/** Looks up every machine image of the configuration: parameters first, then what all of them name. */
export async function readImages({ region, machineImages }: DeploymentConfiguration): Promise<ImagesFacts> {
  const words = imageWords(machineImages);
  const parameters = words.filter((word) => word.startsWith(parameterPrefix));
  const ids = await readParameters(region, parameters);
  for (const word of words) if (!word.startsWith(parameterPrefix)) ids.set(word, word);
  const images = await describeImages(region, [...new Set(ids.values())]);
  return new Map([...ids].flatMap(([word, id]) => {
    const image = images.get(id);
    return image === undefined ? [] : [[word, image] as const];
  }));
}

async function readParameters(region: string, words: readonly string[]): Promise<Map<string, string>> {
  const ssm = new SSMClient({ region });
  const values = new Map<string, string>();
  for (let at = 0; at < words.length; at += parametersPerCall) {
    const Names = words.slice(at, at + parametersPerCall).map((word) => word.slice(parameterPrefix.length));
    const { Parameters = [] } = await ssm.send(new GetParametersCommand({ Names }));
    for (const { Name, Value } of Parameters) if (Value !== undefined) values.set(`${parameterPrefix}${Name}`, Value);
  }
  return values;
}

async function describeImages(region: string, ids: readonly string[]): Promise<Map<string, ImageFacts>> {
  if (ids.length === 0) return new Map();
  const filter = { Name: 'image-id', Values: [...ids] };
  const { Images = [] } = await new EC2Client({ region }).send(new DescribeImagesCommand({ Filters: [filter] }));
  return new Map(Images.map(({ ImageId = '', Architecture = '', RootDeviceName = '' }) =>
    [ImageId, { imageId: ImageId, architecture: Architecture, rootDevice: RootDeviceName }]));
}
