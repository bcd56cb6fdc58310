import { describe, expect, it } from '@jest/globals';
import { ConfigurationError } from '../../../core/errors/orchestrator-error.ts';
import { loadDeployment } from '../../../lambdas/runtime/deployment.ts';

const fixed = {
  name: 'orchestrator',
  region: 'us-east-1',
  imageAliases: { 'aws-cli:latest': 'public.ecr.aws/aws-cli/aws-cli:latest' },
  slurmSubstitutes: {}, machineImages: { default: { x86_64: 'ami-1' } },
  limits: { maxRunningJobs: 10, maxNodesPerJob: 100, maxReplacementsPerAttempt: 3 },
  intervals: {
    nodeOnlineTimeout: 300, nodePoll: 15, cooldownBase: 30, cooldownMaximum: 600,
    destroyWait: 60, orphanGrace: 600, unansweredAfter: 120, schedulerLease: 30,
  },
  capacity: { spotAdvisorFeed: '', placementScoresPerDay: 20 },
  telemetry: { traces: true, collector: 'all', nodeMetrics: true, programMetrics: false, installCollector: false, logBytesPerAttempt: 1024 },
};
const resources = {
  table: 't', stepBucket: 'b', stepDocument: 'd', jobLogGroup: 'l', eventBus: 'e',
  stateMachineArn: 'arn:aws:states:us-east-1:1:stateMachine:m:live',
  subnets: { 'us-east-1a': 'subnet-1' },
  namespaces: { '*': { launchTemplates: { x86_64: 'lt-1' } } },
};

describe('loadDeployment', () => {
  it('merges what is inlined with what the environment names', () => {
    const deployment = loadDeployment({ fixed: JSON.stringify(fixed), resources: JSON.stringify(resources) });
    expect(deployment).toMatchObject({ name: 'orchestrator', table: 't' });
    expect(deployment.namespaces['*']).toEqual({ launchTemplates: { x86_64: 'lt-1' } });
  });

  it('takes file systems, of which there may be none', () => {
    const withStorage = (storage: object) => loadDeployment({ fixed: JSON.stringify({ ...fixed, ...storage }), resources: JSON.stringify(resources) }).storageTypes;
    expect(withStorage({})).toBeUndefined();
    expect(withStorage({ storageTypes: ['EFS', 'FSx'] })).toEqual(['EFS', 'FSx']);
  });

  it('takes the settings of the providers that it knows, and refuses those of others instead of losing them', () => {
    const withProviders = (providers: object) => loadDeployment({ fixed: JSON.stringify({ ...fixed, providers }), resources: JSON.stringify(resources) });
    const simulated = { capacity: [{ machines: 0 }], usdPerHour: {} };
    expect(withProviders({ simulated }).providers).toEqual({ simulated });
    expect(() => withProviders({ simulated, elsewhere: {} })).toThrow(/providers: .*elsewhere/);
    expect(() => withProviders({ simulated: { ...simulated, region: 'moon' } })).toThrow(/providers\.simulated: .*region/);
  });

  it('names everything that is missing', () => {
    const { table: _, ...incomplete } = resources;
    expect(() => loadDeployment({ fixed: JSON.stringify({ ...fixed, limits: {} }), resources: JSON.stringify(incomplete) })).toThrow(
      /table.*limits\.maxRunningJobs/,
    );
    expect(() => loadDeployment({ fixed: undefined, resources: undefined })).toThrow(ConfigurationError);
    expect(() => loadDeployment({ fixed: '{', resources: '{}' })).toThrow('ORCH_DEPLOYMENT is not JSON');
  });
});
