import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Deployment } from '../../../core/deployment/deployment.ts';
import type { InvalidManifestError } from '../../../core/errors/orchestrator-error.ts';
import type { ManifestProblem } from '../../../core/manifest/problems.ts';
import { acceptManifest, type AcceptancePorts } from '../../../lambdas/api/accept-manifest.ts';
import { fixedDeployment } from '../../../lib/configuration/deployment-environment.ts';
import { parseConfiguration } from '../../../lib/configuration/load.ts';
import { zonesOf } from '../../../lib/configuration/network.ts';
import { aDeployment, someFacts } from '../../builders/capacity.ts';
import { InMemoryInstanceCatalogue } from '../../fakes/in-memory-instance-catalogue.ts';
import { InMemoryMarketKnowledge } from '../../fakes/in-memory-market-knowledge.ts';
import { InMemoryRuntimeCatalogue } from '../../fakes/in-memory-runtime-catalogue.ts';
import { root, textOf } from './pages.ts';

const readme = textOf('README.md');
/** The file that a page tells people to write. */
const told = (page: string): string => /^echo '(.*)' > deployment\.json/m.exec(textOf(page))?.[1] ?? '';

/** A deployment of what the README tells, as its functions see it. */
function firstDeployment(): Deployment {
  const configuration = parseConfiguration(JSON.parse(told('README.md')), 'README.md', undefined);
  const { namespaces, ...fixed } = fixedDeployment(configuration);
  const launchTemplates = { x86_64: 'lt-x86', arm64: 'lt-arm' };
  return aDeployment({
    ...fixed,
    subnets: Object.fromEntries(zonesOf(configuration.network, configuration.region).map((zone) => [zone, `subnet-${zone}`])),
    namespaces: Object.fromEntries(Object.keys(configuration.namespaces).map((name) => [name, { ...namespaces[name], launchTemplates }])),
  });
}

const [, firstManifest = ''] = /```yaml\n([\s\S]*?)```/.exec(readme) ?? [];
const manifests = new Map([
  ['README.md', firstManifest],
  ...globSync('examples/*.yaml', { cwd: root }).filter((file) => textOf(file).includes('kind: ClusterDefinition')).map((file) => [file, textOf(file)] as const),
]);
const types = [...manifests.values()].flatMap((text) => text.match(/\b[a-z]\d[a-z]*\.\d*x?large\b/g) ?? []);

/** What the first deployment finds wrong with a manifest. */
async function problemsOf(text: string, ports: Partial<AcceptancePorts> = {}): Promise<readonly ManifestProblem[]> {
  const catalogue = new InMemoryInstanceCatalogue([...new Set(types)].map((type) => someFacts(type)));
  const accepted = acceptManifest(
    { deployment: firstDeployment(), catalogue, knowledge: new InMemoryMarketKnowledge(), runtimes: new InMemoryRuntimeCatalogue(), ...ports },
    { kind: 'text', text, format: 'yaml' }, {});
  return accepted.then(() => [], ({ details }: InvalidManifestError) => details['problems'] as ManifestProblem[]);
}

describe('the deployment that a newcomer makes', () => {
  it('is the same on both pages', () => {
    expect(told('README.md')).not.toBe('');
    expect(told('docs/deploy.md')).toBe(told('README.md'));
  });

  it.each([...manifests].filter(([, text]) => !text.includes('type: Slurm')))('takes %s', async (_, text) => {
    expect(await problemsOf(text)).toEqual([]);
  });

  it('wants of Slurm an image, and nothing else', async () => {
    const text = manifests.get('examples/slurm-mpi.yaml') ?? '';
    expect((await problemsOf(text)).map(({ path }) => path)).toEqual(['spec.runtime']);
    const runtimes = new InMemoryRuntimeCatalogue([{ version: '24.05', architectures: ['x86_64'] }]);
    expect(await problemsOf(text, { runtimes })).toEqual([]);
  });
});

describe('the README', () => {
  it('names files of examples that there are', () => {
    const files = [...readme.matchAll(/(?<!\/)examples\/[\w.-]+\w/g)].map(([file]) => file);
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  it('uses the namespace of its examples', () => {
    const used = [...readme.matchAll(/-n ([a-z-]+)|namespaces\/([a-z-]+)|([a-z-]+)\/<job>/g)].map(([, ...names]) => names.find((name) => name !== undefined));
    expect(new Set(used)).toEqual(new Set(['research-and-development']));
  });

  it('gives fixed costs that add up, and are those of the list', () => {
    const [table = ''] = /\| \| \|\n[\s\S]*?\n\n/.exec(readme) ?? [];
    const figures = [...table.matchAll(/\| \*{0,2}([\d.]+)\*{0,2} \|$/gm)].map(([, usd]) => Math.round(Number(usd) * 100));
    const [, sum = ''] = /\| \*\*sum\*\* \| \*\*([\d.]+)\*\*/.exec(textOf('docs/cost.md')) ?? [];
    expect(figures.length).toBeGreaterThan(2);
    expect(figures.at(-1)).toBe(Math.round(Number(sum) * 100));
    expect(figures.slice(0, -1).reduce((total, cents) => total + cents, 0)).toBe(figures.at(-1));
  });
});
