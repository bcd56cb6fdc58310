import { describe, expect, it } from '@jest/globals';
import { AwsSolutionsChecks } from 'cdk-nag';
import { acknowledgements } from '../../lib/nag/acknowledgements.ts';
import { acknowledgeFindings } from '../../lib/nag/checks.ts';
import { constructs } from './synthesize.ts';

const configurations: Readonly<Record<string, unknown>> = {
  'the defaults': {},
  'everything turned on': {
    production: true, customerManagedKey: true, resultsBucket: true, api: { waf: true, allowedCidrs: ['192.0.2.0/24'] },
    network: { kind: 'created', egress: 'endpoints', flowLogs: false, extraEndpoints: ['ecr.api', 'ecr.dkr'] },
    namespaces: {
      bio: {
        readBuckets: ['in'.padEnd(3, 'x')], writeBuckets: ['out'], managedPolicies: ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'],
        capacityReservations: ['cr-0123456789abcdef0'], efa: { x86_64: [4] },
      },
      '*': {},
    },
    alarms: { email: 'oncall@example.com' },
  },
  'images with Slurm': { slurm: { images: { versions: { '23.02.7': { sha256: 'a'.repeat(64) } } } } },
};

/** Findings of each configuration: all, and those that are left when what is acknowledged is taken away. */
const findings = new Map(Object.entries(configurations).map(([name, configuration]) => {
  const { app } = constructs(configuration);
  app.synth();
  const violations = () => new AwsSolutionsChecks(app).validateScope(app).violations;
  const all = violations();
  acknowledgeFindings(app);
  return [name, { all, left: violations() }];
}));

describe('the AWS Solutions rules', () => {
  it.each([...findings])('find nothing that is not acknowledged in %s', (_, { left }) => {
    expect(left).toEqual([]);
  });

  it('find everything that is acknowledged', () => {
    const found = [...findings.values()].flatMap(({ all }) => all.map(({ ruleName }) => ruleName));
    expect(acknowledgements.filter(({ finding }) => !found.some((id) => finding.test(id)))).toEqual([]);
  });
});
