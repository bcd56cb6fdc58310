import { describe, expect, it } from '@jest/globals';
import { mostEfaTemplates, mostNamespaces, mostReservations } from '../../lib/configuration/namespaces.ts';
import { ofType, synthesize, type Resource } from './synthesize.ts';

/** As many namespaces as there may be, each with a long name and everything that it can be given. */
const namespaces = Object.fromEntries(Array.from({ length: mostNamespaces }, (_, index) => [
  `team-${index}`.padEnd(40, 'x'),
  {
    writeBuckets: [`results-${index}`],
    readBuckets: [`data-${index}`],
    ...(index < mostReservations ? { capacityReservations: [`cr-${String(index).padStart(17, '0')}`] } : {}),
    ...(index < mostEfaTemplates / 4 ? { efa: { x86_64: [1, 4, 32], arm64: [1] } } : {}),
  },
]));
const zones = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `us-east-1${letter}`);
const synthesized = synthesize({ namespaces, network: { kind: 'created', zones } });
const { resources } = synthesized;
const parts = { stack: synthesized, 'what watches it': synthesized.observability };

/** Limits of CloudFormation, Lambda and IAM, by their documentation. */
const limits = { resources: 500, parameters: 200, templateBytes: 1_000_000, environmentBytes: 4096, inlinePolicyCharacters: 10_240 };

/** Lengths of what CloudFormation fills in: ids of launch templates and subnets, names and ARNs with generated parts. */
const filled: readonly [RegExp, string][] = [
  [/\{"Ref":"AWS::AccountId"\}/g, '1'.repeat(12)],
  [/\{"Ref":"AWS::\w+"\}/g, 'x'.repeat(13)],
  [/\{"Ref":"[^"]*"\}/g, 'x'.repeat(24)],
  [/\{"Fn::GetAtt":\["[^"]*Role[^"]*","Arn"\]\}/g, 'x'.repeat(31 + 64)],
  [/\{"Fn::GetAtt":\["[^"]*","[^"]*"\]\}/g, 'x'.repeat(90)],
];

/** A value of a template as the service gets it, its joins resolved. */
function resolved(value: unknown): string {
  const text = JSON.stringify(value, (_, part: unknown) => joined(part));
  return filled.reduce((soFar, [token, length]) => soFar.replaceAll(token, length), text);
}

function joined(part: unknown): unknown {
  if (typeof part !== 'object' || part === null || !('Fn::Join' in part)) return part;
  const [separator, pieces] = part['Fn::Join'] as [string, unknown[]];
  return pieces.map((piece) => (typeof piece === 'string' ? piece : resolved(piece))).join(separator);
}

const environmentOf = ({ Properties }: Resource) => (Properties['Environment'] as { Variables: Record<string, unknown> }).Variables;

describe('with as many namespaces and zones as there may be', () => {
  it.each(Object.entries(parts))('the template of the %s stays below the limits of CloudFormation', (_, part) => {
    expect(Object.keys(part.resources).length).toBeLessThan(limits.resources);
    expect(Object.keys(part.template.toJSON()['Parameters'] ?? {}).length).toBeLessThan(limits.parameters);
    expect(JSON.stringify(part.template.toJSON()).length).toBeLessThan(limits.templateBytes);
  });

  it('the environment of each function stays below the limit of Lambda', () => {
    for (const [, made] of ofType(resources, 'AWS::Lambda::Function')) {
      expect(JSON.stringify(joined(environmentOf(made)['ORCH_RESOURCES'])).replaceAll('\\', '').length).toBeLessThan(limits.environmentBytes);
    }
  });

  it('the policies of each role stay below the limit of IAM', () => {
    for (const [, { Properties }] of ofType(resources, 'AWS::IAM::Policy')) {
      expect(resolved(Properties['PolicyDocument']).length).toBeLessThan(limits.inlinePolicyCharacters);
    }
  });
});
