import { ZONES } from '../facts/facts.ts';
import type { Cloud, EventRule, InstanceProfile, LaunchTemplate, RoleCredentials, Subnet, TemplateReference } from './cloud.ts';

/** A fleet without the rest of a cloud: a default VPC, any launch template, no roles. */
export class StandaloneCloud implements Cloud {
  /** Templates by id or name; one that is not here is empty. */
  readonly templates = new Map<string, Partial<LaunchTemplate>>();
  readonly subnets = new Map<string, Subnet>();
  readonly profiles = new Map<string, InstanceProfile>();
  readonly rules: EventRule[] = [];
  /** What functions were invoked with. */
  readonly invocations: { readonly functionArn: string; readonly payload: string }[] = [];

  launchTemplate(reference: TemplateReference): Promise<LaunchTemplate> {
    const key = reference.id ?? reference.name ?? '';
    return Promise.resolve({
      id: reference.id ?? `lt-${key}`,
      name: reference.name ?? key,
      version: reference.version?.startsWith('$') === false ? reference.version : '1',
      imageId: 'ami-00000000000000001',
      securityGroupIds: [],
      shutdownBehavior: 'terminate',
      instanceTags: {},
      volumeTags: {},
      ...this.templates.get(key),
    });
  }

  subnet(id: string): Promise<Subnet | undefined> {
    return Promise.resolve(this.subnets.get(id));
  }

  ownSubnets(): readonly Subnet[] {
    return [...this.subnets.values()];
  }

  defaultSubnet(zone: string): Promise<Subnet | undefined> {
    const index = ZONES.findIndex(({ letter }) => letter === zone.slice(-1));
    return Promise.resolve(
      index < 0 ? undefined : { id: `subnet-${zone}`, vpcId: 'vpc-default', zone, cidr: `172.31.${index * 16}.0/20` },
    );
  }

  image(reference: string): Promise<string> {
    return Promise.resolve(reference);
  }

  instanceProfile(reference: { arn?: string | undefined; name?: string | undefined }): Promise<InstanceProfile | undefined> {
    return Promise.resolve(this.profiles.get(reference.arn ?? reference.name ?? ''));
  }

  roleCredentials(roleArn: string, sessionName: string): Promise<RoleCredentials> {
    return Promise.resolve({
      accessKeyId: `ASIA${sessionName}`,
      secretAccessKey: roleArn,
      sessionToken: sessionName,
      expiresAtMs: Number.MAX_SAFE_INTEGER,
    });
  }

  eventRules(): Promise<readonly EventRule[]> {
    return Promise.resolve(this.rules);
  }

  invoke(functionArn: string, payload: string): Promise<void> {
    this.invocations.push({ functionArn, payload });
    return Promise.resolve();
  }
}
