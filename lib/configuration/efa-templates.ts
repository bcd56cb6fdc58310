import type { NamespaceSettings } from '../../core/deployment/deployment.ts';
import type { NamespaceConfiguration } from './namespaces.ts';

const architectures = ['x86_64', 'arm64'] as const;

/**
 * Names of the launch templates with Elastic Fabric Adapters that a namespace has, by architecture and number of them;
 * `undefined`: none.
 */
export function efaTemplateNames(deployment: string, namespace: string, { efa }: Pick<NamespaceConfiguration, 'efa'>): NamespaceSettings['efaLaunchTemplates'] {
  const named = architectures.filter((architecture) => efa[architecture].length > 0).map((architecture) => {
    const name = (count: number): string => [deployment, namespace === '*' ? '_' : namespace, `efa-${count}`, architecture].join('.');
    return [architecture, Object.fromEntries(efa[architecture].map((count) => [count, name(count)]))];
  });
  return named.length === 0 ? undefined : Object.fromEntries(named);
}
