import { describe, expect, it } from '@jest/globals';
import type { InvalidManifestError } from '../../../core/errors/orchestrator-error.ts';
import { acceptManifest } from '../../../lambdas/api/accept-manifest.ts';
import { aDeployment, someFacts, ZONES } from '../../builders/capacity.ts';
import { aManifestText } from '../../builders/manifest.ts';
import { InMemoryInstanceCatalogue } from '../../fakes/in-memory-instance-catalogue.ts';
import { InMemoryMarketKnowledge } from '../../fakes/in-memory-market-knowledge.ts';
import { InMemoryRuntimeCatalogue } from '../../fakes/in-memory-runtime-catalogue.ts';

const catalogue = new InMemoryInstanceCatalogue([someFacts('m6i.large'), someFacts('c6i.large')]);
const deployment = aDeployment({ limits: { ...aDeployment().limits, maxNodesPerJob: 10_000 } });
const served = { catalogue, region: deployment.region, zones: ZONES, maxNodesPerJob: 1000 };

/** The problems of a job of `nodes` nodes in all for a provider. */
async function problemsOf(nodes: number, provider: string): Promise<unknown> {
  const text = aManifestText().replace('placement:', `placement:\n    provider: ${provider}`).replace('count: 4', `count: ${nodes - 1}`);
  const ports = { deployment, catalogue, knowledge: new InMemoryMarketKnowledge(), runtimes: new InMemoryRuntimeCatalogue(), otherProviders: new Map([['simulated', served]]) };
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

describe('a namespace that is not served', () => {
  const problemIn = async (names: readonly string[]): Promise<unknown> => {
    const namespaces = Object.fromEntries(names.map((name) => [name, { launchTemplates: { x86_64: 'lt-x86' } }]));
    const ports = { deployment: aDeployment({ namespaces }), catalogue, knowledge: new InMemoryMarketKnowledge(), runtimes: new InMemoryRuntimeCatalogue() };
    return acceptManifest(ports, { kind: 'text', text: aManifestText(), format: 'yaml' }, {}).then(() => [], ({ details }: InvalidManifestError) => details['problems']);
  };

  it('is told with those that are, as far as they are few', async () => {
    expect(await problemIn(['bio', 'physics'])).toEqual([
      expect.objectContaining({ code: 'not-offered', path: 'metadata.namespace', message: 'this deployment serves no namespace research; it serves: bio, physics' }),
    ]);
    const many = Array.from({ length: 25 }, (_, n) => `team-${n}`);
    expect(await problemIn(many)).toEqual([expect.objectContaining({ message: expect.stringMatching(/: team-0, team-1, .+, team-19 and 5 more$/) })]);
  });
});

describe('a file system', () => {
  const text = aManifestText({ spec: '  storage: { type: EFS, fileSystemId: fs-0123456789abcdef0 }\n' });
  const accept = async (storage: Parameters<typeof aDeployment>[0]) =>
    acceptManifest({ deployment: aDeployment(storage), catalogue, knowledge: new InMemoryMarketKnowledge(), runtimes: new InMemoryRuntimeCatalogue() }, { kind: 'text', text, format: 'yaml' }, {});

  it('is taken where the deployment reaches such, and refused elsewhere', async () => {
    await expect(accept({ storageTypes: ['EFS'] })).resolves.toMatchObject({ manifest: { spec: { storage: { type: 'EFS' } } } });
    for (const storage of [{}, { storageTypes: ['FSx' as const] }]) {
      await expect(accept(storage)).rejects.toMatchObject({ details: { problems: [expect.objectContaining({ code: 'not-offered', path: 'spec.storage.type' })] } });
    }
  });
});

describe('Elastic Fabric Adapters', () => {
  it('of a type that has them on other network cards than launch templates do are refused', async () => {
    const types = new InMemoryInstanceCatalogue([someFacts('m6i.large', { efa: true }), someFacts('p6.big', { efa: true, efaInterfaces: 0 })]);
    const namespaces = { '*': { launchTemplates: { x86_64: 'lt-x86' }, efaLaunchTemplates: { x86_64: { 1: 'lt-efa-1' } } } };
    const ports = { deployment: aDeployment({ namespaces }), catalogue: types, knowledge: new InMemoryMarketKnowledge(), runtimes: new InMemoryRuntimeCatalogue() };
    const text = aManifestText({ spec: '' }).replace('instanceType: [c6i.large, m6i.large]', 'instanceType: [p6.big, m6i.large]\n      efa: true').replace('placement:', 'placement:\n    spread: Single');
    const refused = acceptManifest(ports, { kind: 'text', text, format: 'yaml' }, {});
    await expect(refused).rejects.toMatchObject({ details: { problems: [{ code: 'not-offered', path: 'spec.nodePools[1].efa', message: expect.stringMatching(/^p6\.big: not all network cards carry/) }] } });
  });

  it('that are fewer than a type has are told as a warning', async () => {
    const types = new InMemoryInstanceCatalogue([someFacts('m6i.large'), someFacts('p5en.big', { efa: true, efaInterfaces: 16 }), someFacts('c5n.big', { efa: true, efaInterfaces: 1 })]);
    const namespaces = { '*': { launchTemplates: { x86_64: 'lt-x86' }, efaLaunchTemplates: { x86_64: { 1: 'lt-efa-1', 4: 'lt-efa-4', 32: 'lt-efa-32' } } } };
    const ports = { deployment: aDeployment({ namespaces }), catalogue: types, knowledge: new InMemoryMarketKnowledge(), runtimes: new InMemoryRuntimeCatalogue() };
    const text = aManifestText({ spec: '' }).replace('instanceType: [c6i.large, m6i.large]', 'instanceType: [p5en.big, c5n.big]\n      efa: true').replace('placement:', 'placement:\n    spread: Single');
    const { warnings } = await acceptManifest(ports, { kind: 'text', text, format: 'yaml' }, {});
    expect(warnings).toContainEqual(expect.objectContaining({
      path: 'spec.nodePools[1].efa', line: 16, message: 'p5en.big gets 4 of its 16 Elastic Fabric Adapters: namespace research has no launch template for more',
    }));
  });
});

describe('the release of Slurm', () => {
  const slurm = aManifestText({ spec: '  runtime: { type: Slurm, version: "23.02" }\n' });
  const ports = { deployment, catalogue, knowledge: new InMemoryMarketKnowledge(), runtimes: new InMemoryRuntimeCatalogue(), otherProviders: new Map([['simulated', served]]) };

  it('is not needed on machines of another provider, which start nothing', async () => {
    const simulated = slurm.replace('placement:', 'placement:\n    provider: simulated');
    const accepted = await acceptManifest(ports, { kind: 'text', text: simulated, format: 'yaml' }, {});
    expect(accepted).not.toHaveProperty('runtimeVersion');
    await expect(acceptManifest(ports, { kind: 'text', text: slurm, format: 'yaml' }, {})).rejects.toMatchObject({ details: { problems: [{ path: 'spec.runtime.version', line: 20 }] } });
  });

  it('is not asked for where nobody needs one, so that a catalogue that does not answer keeps nobody waiting', async () => {
    const silent = { ...ports, runtimes: { slurmReleases: async () => Promise.reject(new Error('no answer')) } };
    await acceptManifest(silent, { kind: 'text', text: aManifestText(), format: 'yaml' }, {});
    await expect(acceptManifest(silent, { kind: 'text', text: slurm, format: 'yaml' }, {})).rejects.toThrow('no answer');
  });
});
