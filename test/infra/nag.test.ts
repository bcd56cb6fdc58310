import { describe, expect, it } from '@jest/globals';
import { AwsSolutionsChecks } from 'cdk-nag';
import { acknowledgements } from '../../lib/nag/acknowledgements.ts';
import { acknowledgeFindings } from '../../lib/nag/checks.ts';
import { synthesize } from './synthesize.ts';

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
};

describe('the AWS Solutions rules', () => {
  it.each(Object.entries(configurations))('find nothing that is not acknowledged in %s', (_, configuration) => {
    const { app } = synthesize(configuration);
    acknowledgeFindings(app);
    expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
  });

  it('find everything that is acknowledged', () => {
    const found = Object.values(configurations).flatMap((configuration) => {
      const { app } = synthesize(configuration);
      return new AwsSolutionsChecks(app).validateScope(app).violations.map(({ ruleName }) => ruleName);
    });
    expect(acknowledgements.filter(({ finding }) => !found.some((id) => finding.test(id)))).toEqual([]);
  });
});
