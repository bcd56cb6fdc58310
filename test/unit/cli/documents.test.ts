import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { silenceLogs } from '../../builders/logs.ts';
import { aManifestText } from '../../builders/manifest.ts';
import { openOrch } from './orch.ts';

let cli: Awaited<ReturnType<typeof openOrch>>;

beforeAll(silenceLogs);
beforeEach(async () => { cli = await openOrch(); });
afterEach(async () => cli.close());

const mistaken = (): string => aManifestText().replace('count: 4', 'cuont: 4').replace('us-east-1', 'us-east-9');
/** Digests are of the whole manifest: they change with every default. */
const withoutDigest = (text: string): string => text.replaceAll(/sha256:[0-9a-f]{12}/g, 'sha256:…');

describe('orch validate', () => {
  it('says that a file is valid', async () => {
    const { exitCode, out, err } = await cli.orch(['validate', await cli.file('cluster.yaml', aManifestText())]);
    expect([exitCode, withoutDigest(out), err]).toEqual([0, './cluster.yaml: valid, research/cluster, sha256:…\n', '']);
  });

  it('says every mistake with its place and what was meant', async () => {
    const text = mistaken().replace('count: 1', 'count: 0');
    expect(await cli.orch(['validate', await cli.file('bad.yaml', text)])).toEqual({
      exitCode: 2,
      out: '',
      err: [
        './bad.yaml:11:14: spec.nodePools[0].count: must be at least 1',
        './bad.yaml:14:7: spec.nodePools[1].cuont: is not a key of spec.nodePools[1] (did you mean "count"?)',
        '',
      ].join('\n'),
    });
  });

  it('knows what the deployment does not offer', async () => {
    const path = await cli.file('bad.yaml', aManifestText().replaceAll('m6i.large', 'm6i.larg').replace('us-east-1', 'us-east-9'));
    const { exitCode, err } = await cli.orch(['validate', path]);
    expect(exitCode).toBe(2);
    expect(err).toContain('./bad.yaml:12:21: spec.nodePools[0].instanceType: ');
    expect(err).toContain('(did you mean "m6i.large"?)');
    expect(err).toMatch(/bad\.yaml:\d+:\d+: spec\.placement\.region: /);
  });

  it('reads what is piped in', async () => {
    expect(await cli.orch(['validate', '-'], { input: 'a: [' })).toMatchObject({ exitCode: 2, out: '', err: expect.stringMatching(/^<stdin>:1:5: Flow sequence/) });
  });

  it('takes JSON', async () => {
    const text = JSON.stringify({ apiVersion: 'orchestrator.our-company.com/v1alpha1', kind: 'Cluster' }, null, 2);
    expect((await cli.orch(['validate', await cli.file('bad.json', text)])).err).toContain('./bad.json:3:11: kind: ');
  });

  it('hands a program the validation, or the problem document', async () => {
    const valid = await cli.orch(['validate', '--json', await cli.file('cluster.yaml', aManifestText())]);
    expect(JSON.parse(valid.out)).toMatchObject({ name: 'cluster', namespace: 'research', warnings: [] });
    const refused = await cli.orch(['validate', '--json', await cli.file('bad.yaml', mistaken())]);
    expect([refused.exitCode, refused.out]).toEqual([2, '']);
    expect(JSON.parse(refused.err)).toMatchObject({ status: 422, errors: [{ path: 'spec.nodePools[1].cuont', line: 14, column: 7 }] });
  });

  it.each([
    ['nowhere.yaml', 'orch: cannot read nowhere.yaml: there is no such file\n'],
    ['.', 'orch: cannot read .: it is a folder\n'],
  ])('cannot read %s', async (path, err) => {
    expect(await cli.orch(['validate', path])).toEqual({ exitCode: 2, out: '', err });
  });

  it('does not send what is no text', async () => {
    const path = await cli.file('cluster.yaml', new Uint8Array([0x61, 0xff, 0xfe]));
    expect(await cli.orch(['validate', path])).toEqual({ exitCode: 2, out: '', err: 'orch: ./cluster.yaml is not text in UTF-8\n' });
    expect(cli.served.arrived).toEqual([]);
  });

  it.each([['nothing', ''], ['a list', '[1]'], ['two documents', `${aManifestText()}---\n${aManifestText()}`], ['300 KiB', `# ${'x'.repeat(300 * 1024)}`]])(
    'has an answer to %s',
    async (_what, input) => {
      const { exitCode, out, err } = await cli.orch(['validate', '-'], { input });
      expect([exitCode, out]).toEqual([2, '']);
      expect(err).toMatch(/^(<stdin>|orch: The body has)/);
    },
  );
});

describe('orch manifests', () => {
  it('stores versions, and shows them', async () => {
    const put = async (text: string) => cli.orch(['manifests', 'put', 'cluster', '-'], { input: text });
    expect(withoutDigest((await put(aManifestText())).out)).toBe('research/cluster@1 sha256:…\n');
    expect(withoutDigest((await put(aManifestText().replace('count: 4', 'count: 5'))).out)).toBe('research/cluster@2 sha256:…\n');
    expect(withoutDigest((await put(`# again\n${aManifestText()}`)).out)).toBe('research/cluster@1 sha256:…\n');
    const listed = await cli.orch(['manifests', 'list', '-n', 'research']);
    expect(listed.out).toMatch(/^NAME +VERSION {2}SHA-256 +BY +AGE\ncluster +2 {2}[0-9a-f]{12} {2}alice {2}0s\n$/);
    const versions = await cli.orch(['manifests', 'versions', 'cluster', '--json'], { environment: { ORCH_NAMESPACE: 'research' } });
    expect(versions.out.trim().split('\n').map((line) => (JSON.parse(line) as { version: number }).version)).toEqual([2, 1]);
  });

  it('prints a manifest that may be submitted as it is', async () => {
    await cli.orch(['manifests', 'put', 'cluster', '-'], { input: aManifestText() });
    const { out } = await cli.orch(['manifests', 'get', '-n', 'research', 'cluster@1']);
    expect(withoutDigest((await cli.orch(['manifests', 'put', 'cluster', '-'], { input: out })).out)).toBe('research/cluster@1 sha256:…\n');
  });

  it('says in which file a mistake is', async () => {
    const path = await cli.file('bad.yaml', mistaken());
    expect((await cli.orch(['manifests', 'put', 'cluster', path])).err).toContain('./bad.yaml:14:7: spec.nodePools[1].cuont');
    const other = await cli.file('cluster.yaml', aManifestText());
    expect((await cli.orch(['manifests', 'put', 'another', other])).err).toBe(
      './cluster.yaml:4:9: metadata.name: is cluster, but the request is for another (did you mean "another"?)\n');
  });

  it('says that there is none', async () => {
    expect(await cli.orch(['manifests', 'get', '-n', 'research', 'nope@7'])).toEqual({
      exitCode: 1, out: '', err: 'orch: There is no version 7 of manifest nope in namespace research.\nrequest request-1, status 404\n',
    });
  });
});
