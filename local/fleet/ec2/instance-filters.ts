import { matchesGlob } from '../market/market.ts';
import type { Instance } from '../model.ts';
import { structures, text, texts } from '../protocol/query.ts';
import type { QueryParams } from '../protocol/query.ts';
import { ServiceError } from '../protocol/service-error.ts';

/** The values of an instance that a filter of a name looks at. */
const FIELDS: Readonly<Record<string, (instance: Instance) => readonly string[]>> = {
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

/** Whether an instance fits every filter of a request; `*` and `?` are wildcards. Throws on a filter it does not know. */
export function filterInstances(instances: readonly Instance[], params: QueryParams): Instance[] {
  const filters = structures(params, 'Filter').map((filter) => ({
    field: fieldOf(text(filter, 'Name') ?? ''),
    values: texts(filter, 'Value'),
  }));
  return instances.filter((instance) =>
    filters.every(({ field, values }) =>
      field(instance).some((actual) => values.some((value) => matchesGlob(value, actual))),
    ),
  );
}

function fieldOf(name: string): (instance: Instance) => readonly string[] {
  if (name.startsWith('tag:')) {
    return (instance) => [instance.tags[name.slice(4)]].filter((value) => value !== undefined);
  }
  const field = FIELDS[name];
  if (field === undefined) {
    throw new ServiceError('InvalidParameterValue', `The filter '${name}' is invalid`);
  }
  return field;
}
