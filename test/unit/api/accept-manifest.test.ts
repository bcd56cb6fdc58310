import { describe, expect, it } from '@jest/globals';
import type { InvalidManifestError } from '../../../core/errors/orchestrator-error.ts';
import { acceptManifest } from '../../../lambdas/api/accept-manifest.ts';
import { aDeployment, someFacts, ZONES } from '../../builders/capacity.ts';
import { aManifestText } from '../../builders/manifest.ts';
import { InMemoryInstanceCatalogue } from '../../fakes/in-memory-instance-catalogue.ts';
import { InMemoryMarketKnowledge } from '../../fakes/in-memory-market-knowledge.ts';

const catalogue = new InMemoryInstanceCatalogue([someFacts('m6i.large'), someFacts('c6i.large')]);
const deployment = aDeployment({ limits: { ...aDeployment().limits, maxNodesPerJob: 10_000 } });
const served = { catalogue, region: deployment.region, zones: ZONES, maxNodesPerJob: 1000 };

/** The problems of a job of `nodes` nodes in all for a provider. */
async function problemsOf(nodes: number, provider: string): Promise<unknown> {
  const text = aManifestText().replace('placement:', `placement:\n    provider: ${provider}`).replace('count: 4', `count: ${nodes - 1}`);
  const ports = { deployment, catalogue, knowledge: new InMemoryMarketKnowledge(), otherProviders: new Map([['simulated', served]]) };
  return acceptManifest(ports, { kind: 'text', text, format: 'yaml' }, {}).then(() => [], ({ details }: InvalidManifestError) => details['problems']);
}

describe('a provider with a bound of its own', () => {
  it('refuses larger jobs with it, and holds back none of another', async () => {
    expect(await problemsOf(1000, 'simulated')).toEqual([]);
    expect(await problemsOf(1001, 'simulated')).toEqual([
      expect.objectContaining({ code: 'limit-exceeded', path: 'spec.nodePools', message: 'asks for 1001 nodes; provider simulated has 1000 for a job at most' }),
    ]);
    expect(await problemsOf(1001, 'aws')).toEqual([]);
  });
});
