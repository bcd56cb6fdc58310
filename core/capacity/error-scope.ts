/** What an EC2 error says something about; `reject`: the job, since waiting does not cure it. */
export type ErrorScope = 'offering' | 'subnet' | 'quota' | 'account' | 'reject';

const SCOPES: Readonly<Record<string, ErrorScope>> = {
  InsufficientInstanceCapacity: 'offering',
  InsufficientHostCapacity: 'offering',
  InsufficientReservedInstanceCapacity: 'offering',
  InsufficientCapacity: 'offering',
  InsufficientVolumeCapacity: 'offering',
  ReservationCapacityExceeded: 'offering',
  UnfulfillableCapacity: 'offering',
  SpotMaxPriceTooLow: 'offering',
  // Of a launch made again whose machines have died since.
  IdempotentInstanceTerminated: 'offering',
  Unsupported: 'offering',
  InvalidFleetConfiguration: 'offering',
  // Of jobs with a placement group alone: it shows a moment later, or when others have given theirs up.
  'InvalidPlacementGroup.Unknown': 'offering',
  PlacementGroupLimitExceeded: 'offering',
  InvalidFleetConfig: 'reject',

  InsufficientFreeAddressesInSubnet: 'subnet',

  VcpuLimitExceeded: 'quota',
  MaxSpotInstanceCountExceeded: 'quota',
  InstanceLimitExceeded: 'quota',

  RequestLimitExceeded: 'account',
  RequestThrottled: 'account',
  EC2ThrottledException: 'account',
  RequestResourceCountExceeded: 'account',
  Throttling: 'account',
  ThrottlingException: 'account',
  TooManyRequestsException: 'account',
  MaxSpotFleetRequestCountExceeded: 'account',
  // Limits of the region that others than the family share: they end when something is given back.
  MaxFleetCountExceeded: 'account',
  NetworkInterfaceLimitExceeded: 'account',
  VolumeLimitExceeded: 'account',
  MaxIOPSLimitExceeded: 'account',

  UnauthorizedOperation: 'reject',
  AccessDenied: 'reject',
  AccessDeniedException: 'reject',
  AuthFailure: 'reject',
  'AuthFailure.ServiceLinkedRoleCreationNotPermitted': 'reject',
  Blocked: 'reject',
  IdempotentParameterMismatch: 'reject',
  OptInRequired: 'reject',
  PendingVerification: 'reject',
  MissingParameter: 'reject',
  UnknownParameter: 'reject',
  UnsupportedOperation: 'reject',
  EncryptedVolumesNotSupported: 'reject',
  VolumeTypeNotAvailableInZone: 'reject',
  TagLimitExceeded: 'reject',
  ParameterNotFound: 'reject',
  // The image of `resolve:ssm:` is not in Parameter Store, or is not of the data type `aws:ec2:image`.
  SsmInvalidParameter: 'reject',
  SsmAccessDenied: 'reject',
};

/** Families of codes: `InvalidAMIID.NotFound`, `InvalidLaunchTemplateId.Malformed` and their like. */
const REJECTED_FAMILIES = [
  'InvalidAMI', 'InvalidBlockDevice', 'InvalidGroup', 'InvalidIamInstanceProfile', 'InvalidKeyPair', 'InvalidLaunchTemplate',
  'InvalidNetworkInterface', 'InvalidParameter', 'InvalidPlacementGroup', 'InvalidSecurityGroup', 'InvalidSnapshot', 'InvalidSubnet',
  'InvalidTag', 'InvalidUserData', 'InvalidVpc',
] as const;

/** The scope of an EC2 error code. A code that nobody knows is taken as a lack of capacity there: the next place is tried. */
export function errorScope(code: string): ErrorScope {
  return knownScope(code) ?? 'offering';
}

/** The scope of a code that is listed here, alone or by its family. */
export function knownScope(code: string): ErrorScope | undefined {
  const known = Object.hasOwn(SCOPES, code) ? SCOPES[code] : undefined;
  // A reservation that has ended meanwhile leaves the other markets.
  if (code.startsWith('InvalidCapacityReservation')) return 'offering';
  return known ?? (REJECTED_FAMILIES.some((family) => code.startsWith(family)) ? 'reject' : undefined);
}

const QUOTA_FAMILIES: readonly (readonly [prefix: RegExp, family: string])[] = [
  [/^hpc/, 'HPC'],
  [/^inf/, 'Inf'],
  [/^trn/, 'Trn'],
  [/^dl/, 'DL'],
  [/^vt/, 'G and VT'],
  [/^u-/, 'High Memory'],
  [/^u\d/, 'High Memory'],
  [/^mac/, 'Mac'],
  [/^g\d/, 'G and VT'],
  [/^gr\d/, 'G and VT'],
  [/^p\d/, 'P'],
  [/^f\d/, 'F'],
  [/^x\d/, 'X'],
];

const STANDARD_FAMILY = 'Standard';

/** The families by which EC2 counts vCPU quotas. */
export const quotaFamilies: readonly string[] = [STANDARD_FAMILY, ...new Set(QUOTA_FAMILIES.map(([, family]) => family))];

/** The family by which EC2 counts vCPU quotas: `m6i.large` is of `Standard`, `p4d.24xlarge` of `P`. */
export function quotaFamily(instanceType: string): string {
  return QUOTA_FAMILIES.find(([prefix]) => prefix.test(instanceType))?.[1] ?? STANDARD_FAMILY;
}
