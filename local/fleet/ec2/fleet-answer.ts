import type { FleetCall, FleetError, FleetOverride } from '../model.ts';
import type { XmlTree } from '../protocol/xml.ts';

/** The answer to a CreateFleet call. */
export function writeFleet(call: FleetCall): XmlTree {
  return {
    fleetId: call.fleetId,
    errorSet: call.errors.map((error) => writeFleetError(error)),
    fleetInstanceSet: call.launched.map(({ override, market, instanceIds }) => ({
      launchTemplateAndOverrides: writeOverride(override),
      lifecycle: market,
      instanceIds,
      instanceType: override.type,
      availabilityZone: override.zone,
      subnetId: override.subnetId,
    })),
  };
}

function writeFleetError({ override, market, code, message }: FleetError): XmlTree {
  return {
    launchTemplateAndOverrides: writeOverride(override),
    lifecycle: market,
    errorCode: code,
    errorMessage: message,
  };
}

function writeOverride(override: FleetOverride): XmlTree {
  const { named } = override;
  return {
    launchTemplateSpecification: { launchTemplateId: override.templateId, version: override.templateVersion },
    overrides: {
      instanceType: named.type ? override.type : undefined,
      subnetId: named.subnet ? override.subnetId : undefined,
      availabilityZone: named.zone ? override.zone : undefined,
      maxPrice: override.maxPrice,
      weightedCapacity: override.weight,
      priority: override.priority,
      imageId: override.imageId,
      placement: named.group ? { groupName: override.group } : undefined,
    },
  };
}
