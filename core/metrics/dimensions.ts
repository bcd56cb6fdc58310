/**
 * The dimension `Namespace` of a job: namespaces are made by whoever submits to them, metrics are paid for one by one.
 *
 * @param named the namespaces that the configuration names
 */
export function namespaceDimension(named: Readonly<Record<string, unknown>>, namespace: string): string {
  // `constructor` is a namespace like any other.
  return Object.hasOwn(named, namespace) ? namespace : '*';
}
