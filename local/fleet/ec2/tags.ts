import type { Tags } from '../model.ts';
import { structures, text } from '../protocol/query.ts';
import type { QueryParams } from '../protocol/query.ts';
import { ServiceError } from '../protocol/service-error.ts';
import type { XmlTree } from '../protocol/xml.ts';

/** The tags that a request's `TagSpecification` gives to resources of a type. Throws on `aws:` keys. */
export function readTagSpecification(params: QueryParams, resourceType: string): Tags {
  const tags = structures(params, 'TagSpecification')
    .filter((specification) => text(specification, 'ResourceType') === resourceType)
    .flatMap((specification) => structures(specification, 'Tag'));
  return readTags(tags);
}

/** Tags out of a list of `Key` and `Value` structures. Throws on `aws:` keys and on more than 50. */
export function readTags(list: readonly QueryParams[]): Tags {
  const tags = Object.fromEntries(list.map((tag) => [text(tag, 'Key') ?? '', text(tag, 'Value') ?? '']));
  const reserved = Object.keys(tags).find((key) => key.toLowerCase().startsWith('aws:') || key === '');
  if (reserved !== undefined) {
    throw new ServiceError('InvalidParameterValue', `Tag keys starting with 'aws:' are reserved for internal use`);
  }
  if (Object.keys(tags).length > 50) {
    throw new ServiceError('TagLimitExceeded', 'The maximum number of Tags for a resource has been reached.');
  }
  return tags;
}

/** Tags as EC2 lists them. */
export function writeTags(tags: Tags): XmlTree[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}
