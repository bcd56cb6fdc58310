import { matchesGlob } from '../market/market.ts';
import type { Tags } from '../model.ts';
import { structures, text, texts } from '../protocol/query.ts';
import type { QueryParams } from '../protocol/query.ts';
import { ServiceError } from '../protocol/service-error.ts';

/**
 * Whether what a resource has under a filter's name fits one of the filter's values, for each filter of a request.
 * A filter on something else is refused, as EC2 refuses it.
 */
export function fitsFilters(params: QueryParams, values: Readonly<Record<string, readonly string[]>>, tags: Tags = {}): boolean {
  return structures(params, 'Filter').every((filter) => {
    const name = text(filter, 'Name') ?? '';
    const actual = name.startsWith('tag:') ? [tags[name.slice(4)]].filter((value) => value !== undefined) : values[name];
    if (actual === undefined) {
      throw new ServiceError('InvalidParameterValue', `The filter '${name}' is invalid`);
    }
    return texts(filter, 'Value').some((value) => actual.some((own) => matchesGlob(value, own)));
  });
}
