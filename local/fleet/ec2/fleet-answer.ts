import type { FleetCall, FleetError, FleetLaunch, FleetOverride } from '../model.ts';
import type { XmlTree } from '../protocol/xml.ts';

/** The answer to a CreateFleet call. */
export function writeFleet(call: FleetCall): XmlTree {
  return {
    fleetId: call.fleetId,
    errorSet: writeFleetErrors(call),
    fleetInstanceSet: call.launched.map((launch) => ({
      ...writeFleetLaunch(launch),
      availabilityZone: launch.override.zone,
      subnetId: launch.override.subnetId,
    })),
  };
}

/** Instances that a fleet launched in one pool; where they are is for who reads the override. */
export function writeFleetLaunch({ override, market, instanceIds }: FleetLaunch): XmlTree {
  return {
    launchTemplateAndOverrides: writeOverride(override),
    lifecycle: market,
    instanceIds,
    instanceType: override.type,
  };
}

/** Why a fleet did not launch in its pools. */
export function writeFleetErrors({ errors }: FleetCall): XmlTree[] {
  return errors.map((error) => writeFleetError(error));
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
