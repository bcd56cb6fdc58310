import { matchesGlob } from '../market/market.ts';
import type { Instance } from '../model.ts';
import { structures, text, texts } from '../protocol/query.ts';
import type { QueryParams } from '../protocol/query.ts';
import { ServiceError } from '../protocol/service-error.ts';

/** The values of an instance that filters look at, by their names. */
export type InstanceFields = Readonly<Record<string, (instance: Instance) => readonly string[]>>;

const FIELDS: InstanceFields = {
  'instance-id': (instance) => [instance.id],
  'instance-state-name': (instance) => [instance.state],
  'instance-type': (instance) => [instance.type],
  'instance-lifecycle': (instance) => (instance.market === 'spot' ? ['spot'] : []),
  'availability-zone': (instance) => [instance.zone],
  'subnet-id': (instance) => [instance.subnetId],
  'vpc-id': (instance) => [instance.vpcId],
  'image-id': (instance) => [instance.imageId],
  'private-ip-address': (instance) => [instance.address],
  'reservation-id': (instance) => [instance.reservationId],
  'capacity-reservation-id': (instance) => [instance.capacityReservationId].filter((id) => id !== undefined),
  'placement-group-name': (instance) => [instance.placementGroup].filter((name) => name !== undefined),
  'tag-key': (instance) => Object.keys(instance.tags),
};

/** The instances that fit every filter of a request; `*` and `?` are wildcards. Throws on a filter that is not among the fields, `own` or those of all requests. */
export function filterInstances(instances: readonly Instance[], params: QueryParams, own: InstanceFields = {}): Instance[] {
  const filters = structures(params, 'Filter').map((filter) => ({
    field: fieldOf(text(filter, 'Name') ?? '', own),
    values: texts(filter, 'Value'),
  }));
  return instances.filter((instance) =>
    filters.every(({ field, values }) =>
      field(instance).some((actual) => values.some((value) => matchesGlob(value, actual))),
    ),
  );
}

function fieldOf(name: string, own: InstanceFields): (instance: Instance) => readonly string[] {
  if (name.startsWith('tag:')) {
    return (instance) => [instance.tags[name.slice(4)]].filter((value) => value !== undefined);
  }
  const field = own[name] ?? FIELDS[name];
  if (field === undefined) {
    throw new ServiceError('InvalidParameterValue', `The filter '${name}' is invalid`);
  }
  return field;
}
