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

describe('Elastic Fabric Adapters', () => {
  it('of a type that has them on other network cards than launch templates do are refused', async () => {
    const types = new InMemoryInstanceCatalogue([someFacts('m6i.large', { efa: true }), someFacts('p6.big', { efa: true, efaInterfaces: 0 })]);
    const namespaces = { '*': { launchTemplates: { x86_64: 'lt-x86' }, efaLaunchTemplates: { x86_64: { 1: 'lt-efa-1' } } } };
    const ports = { deployment: aDeployment({ namespaces }), catalogue: types, knowledge: new InMemoryMarketKnowledge() };
    const text = aManifestText({ spec: '' }).replace('instanceType: [c6i.large, m6i.large]', 'instanceType: [p6.big, m6i.large]\n      efa: true').replace('placement:', 'placement:\n    spread: Single');
    const refused = acceptManifest(ports, { kind: 'text', text, format: 'yaml' }, {});
    await expect(refused).rejects.toMatchObject({ details: { problems: [{ code: 'not-offered', path: 'spec.nodePools[1].efa', message: expect.stringMatching(/^p6\.big: not all network cards carry/) }] } });
  });

  it('that are fewer than a type has are told as a warning', async () => {
    const types = new InMemoryInstanceCatalogue([someFacts('m6i.large'), someFacts('p5en.big', { efa: true, efaInterfaces: 16 }), someFacts('c5n.big', { efa: true, efaInterfaces: 1 })]);
    const namespaces = { '*': { launchTemplates: { x86_64: 'lt-x86' }, efaLaunchTemplates: { x86_64: { 1: 'lt-efa-1', 4: 'lt-efa-4', 32: 'lt-efa-32' } } } };
    const ports = { deployment: aDeployment({ namespaces }), catalogue: types, knowledge: new InMemoryMarketKnowledge() };
    const text = aManifestText({ spec: '' }).replace('instanceType: [c6i.large, m6i.large]', 'instanceType: [p5en.big, c5n.big]\n      efa: true').replace('placement:', 'placement:\n    spread: Single');
    const { warnings } = await acceptManifest(ports, { kind: 'text', text, format: 'yaml' }, {});
    expect(warnings).toContainEqual(expect.objectContaining({
      path: 'spec.nodePools[1].efa', line: 16, message: 'p5en.big gets 4 of its 16 Elastic Fabric Adapters: namespace research has no launch template for more',
    }));
  });
});
