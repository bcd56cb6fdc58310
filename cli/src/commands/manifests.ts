import { itemsOf } from '@advanced-orchestrator/sdk';
import type { ManifestVersion, Page } from '@advanced-orchestrator/sdk';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { namespaceIn, readDocument, sending } from '../document.ts';
import { writeJson } from '../output/json.ts';
import { printable } from '../output/printable.ts';
import { table } from '../output/table.ts';
import { duration } from '../output/words.ts';
import { namespaceOf } from '../session.ts';
import type { Session } from '../session.ts';
import { manifestVersion } from './arguments.ts';
import { action, examples, type AddCommand, type CommandContext } from './command.ts';

/** `orch manifests list|get|put|versions` */
export const addManifests: AddCommand = (program, context) => {
  const manifests = program
    .command('manifests')
    .summary('store manifests and look at them')
    .description('Manifests are stored in versions under a namespace and a name; a version never changes.');
  addListings(manifests, context);
  manifests
    .command('get')
    .description('Prints a manifest with all defaults written out, as YAML; it may be submitted as it is.')
    .argument('<name[@version]>', 'the latest version where none is named', manifestVersion)
    .addHelpText('after', examples('orch manifests get -n physics cluster@3 > cluster.yaml'))
    .action(action(context, async (session, { name, version }: { readonly name: string; readonly version?: number }, _options: object) => {
      const { signal, out } = session.terminal;
      const ref = { namespace: namespaceOf(session), name };
      const client = session.client();
      const found = version === undefined ? await client.getManifest(ref, { signal }) : await client.getManifestVersion({ ...ref, version }, { signal });
      if (session.json) return writeJson(session, found);
      out(stringify(found.manifest));
    }));
  manifests
    .command('put')
    .description('Stores a manifest as a new version, or finds the version that it is already.')
    .argument('<name>', 'its name, the same as in the manifest')
    .argument('<file>', 'manifest, YAML or JSON; - reads standard input')
    .addHelpText('after', examples('orch manifests put cluster cluster.yaml'))
    .action(action(context, async (session, name: string, file: string, _options: object) => {
      const { terminal } = session;
      const document = await readDocument(terminal, file);
      const namespace = session.givenNamespace ?? namespaceIn(document) ?? namespaceOf(session);
      const stored = await sending(document, () => session.client().putManifest({ namespace, name }, document, { signal: terminal.signal }));
      if (session.json) return writeJson(session, stored);
      terminal.out(`${stored.namespace}/${stored.name}@${stored.version} sha256:${stored.digest.slice(0, 12)}\n`);
    }));
};

function addListings(manifests: Command, context: CommandContext): void {
  manifests
    .command('list')
    .description('Lists the manifests of a namespace with their latest version, by name.')
    .addHelpText('after', examples('orch manifests list -n physics'))
    .action(action(context, async (session, _options: object) => {
      const namespace = namespaceOf(session);
      await show(session, (page) => session.client().listManifests(namespace, page));
    }));
  manifests
    .command('versions')
    .description('Lists the versions of a manifest, newest first.')
    .argument('<name>', 'name of the manifest')
    .addHelpText('after', examples('orch manifests versions -n physics cluster'))
    .action(action(context, async (session, name: string, _options: object) => {
      const ref = { namespace: namespaceOf(session), name };
      await show(session, (page) => session.client().listManifestVersions(ref, page));
    }));
}

type FetchPage = (page: { readonly limit: number; readonly signal: AbortSignal; readonly cursor?: string }) => Promise<Page<ManifestVersion>>;

async function show(session: Session, fetchPage: FetchPage): Promise<void> {
  const { terminal, colours, json } = session;
  const all: ManifestVersion[] = [];
  for await (const version of itemsOf((cursor) => fetchPage({ limit: 100, signal: terminal.signal, ...(cursor === undefined ? {} : { cursor }) }))) {
    if (json) writeJson(session, version);
    else all.push(version);
  }
  if (all.length === 0) return;
  const rows = all.map(({ name, version, digest, createdAt, createdBy }) => [
    name, version, digest.slice(0, 12), printable(createdBy), duration(terminal.now() - Date.parse(createdAt)),
  ]);
  terminal.out(table(colours, ['NAME', 'VERSION', 'SHA-256', 'BY', 'AGE'], rows));
}
