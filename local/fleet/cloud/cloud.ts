import type { InterfaceRequest, Tags } from '../model.ts';

/** What a launch template says, as far as the fleet acts on it. */
export interface LaunchTemplate {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly imageId?: string | undefined;
  readonly instanceType?: string | undefined;
  readonly subnetId?: string | undefined;
  readonly securityGroupIds: readonly string[];
  readonly profile?: { readonly arn?: string | undefined; readonly name?: string | undefined } | undefined;
  /** Decoded. */
  readonly userData?: string | undefined;
  readonly shutdownBehavior: 'stop' | 'terminate';
  readonly instanceTags: Tags;
  readonly volumeTags: Tags;
  readonly placementGroup?: string | undefined;
  readonly interfaces?: readonly InterfaceRequest[] | undefined;
}

/** A subnet of the account. */
export interface Subnet {
  readonly id: string;
  readonly vpcId: string;
  readonly zone: string;
  readonly cidr: string;
}

/** An instance profile and the role in it. */
export interface InstanceProfile {
  readonly arn: string;
  readonly roleArn: string;
  readonly roleName: string;
}

/** Temporary credentials of a role. */
export interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiresAtMs: number;
}

/** A rule of the account's default event bus with the functions it calls. */
export interface EventRule {
  readonly name: string;
  /** The event pattern, as JSON. */
  readonly pattern: string;
  readonly targets: readonly EventTarget[];
}

/** What a rule calls, and with which part of the event. */
export interface EventTarget {
  readonly arn: string;
  readonly input?: string | undefined;
  readonly inputPath?: string | undefined;
}

/** How to name a launch template. */
export interface TemplateReference {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly version?: string | undefined;
}

/** The rest of the cloud, which the fleet reads and does not simulate. Nothing found is undefined. */
export interface Cloud {
  launchTemplate(reference: TemplateReference): Promise<LaunchTemplate | undefined>;
  subnet(id: string): Promise<Subnet | undefined>;
  /** All subnets, where nobody else answers for them. */
  readonly ownSubnets?: () => readonly Subnet[];
  /** A subnet of the default VPC in `zone`, for launches that name only a zone. */
  defaultSubnet(zone: string): Promise<Subnet | undefined>;
  /** The AMI id that an image reference stands for: an id, or `resolve:ssm:` and the name of a parameter of the data type `aws:ec2:image`. */
  image(reference: string): Promise<string | undefined>;
  instanceProfile(reference: { arn?: string | undefined; name?: string | undefined }): Promise<InstanceProfile | undefined>;
  /** A session of `roleArn` as EC2 hands it to an instance. */
  roleCredentials(roleArn: string, sessionName: string): Promise<RoleCredentials>;
  eventRules(): Promise<readonly EventRule[]>;
  /** Invokes a function asynchronously with a JSON payload. */
  invoke(functionArn: string, payload: string): Promise<void>;
}
