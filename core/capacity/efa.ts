import type { NamespaceSettings } from '../deployment/deployment.ts';
import type { InstanceTypeFacts } from '../ports/capacity-provider.ts';

/** How many Elastic Fabric Adapters a launch template may give a type: one for each network card that carries them. */
export function efaInterfacesOf({ efa, efaInterfaces }: Pick<InstanceTypeFacts, 'efa' | 'efaInterfaces'>): number {
  return efa ? (efaInterfaces ?? 1) : 0;
}

/** How many adapters a type gets in a namespace; 0: no launch template fits it. */
export function efaInterfacesGiven(settings: Pick<NamespaceSettings, 'efaLaunchTemplates'> | undefined, facts: InstanceTypeFacts): number {
  return Number(fittingTemplate(settings, facts)?.[0] ?? 0);
}

/** The name of the launch template of a namespace with as many adapters as a type can have; `undefined`: none fits the type. */
export function efaLaunchTemplate(settings: Pick<NamespaceSettings, 'efaLaunchTemplates'> | undefined, facts: InstanceTypeFacts): string | undefined {
  return fittingTemplate(settings, facts)?.[1];
}

function fittingTemplate(settings: Pick<NamespaceSettings, 'efaLaunchTemplates'> | undefined, facts: InstanceTypeFacts): [adapters: string, name: string] | undefined {
  const templates = settings?.efaLaunchTemplates?.[facts.architecture] ?? {};
  const most = efaInterfacesOf(facts);
  const [fitting] = Object.entries(templates).filter(([interfaces]) => Number(interfaces) <= most).toSorted(([a], [b]) => Number(b) - Number(a));
  return fitting;
}
