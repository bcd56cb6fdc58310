/** Packs the command line and the SDK as npm packages that need no checkout. Run by `npm run pack`. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { buildCli } from './pack/cli-package.ts';
import { buildSdk } from './pack/sdk-package.ts';
import { tarballOf } from './pack/tarball.ts';

const program = new Command('npm run pack --')
  .description('Packs the command line and the SDK as npm packages, a .tgz file each, and prints where they are. Publishes nothing.')
  .option('--out <folder>', 'where the files go; it is made if need be', 'dist')
  .addHelpText('after', `
Examples:
  npm run pack
  npm run pack -- --out /srv/share/orchestrator

Users install them with npm and Node 24 or later; docs/deploy.md has how.
Exit code 1 when something cannot be built or written.`)
  .parse();
const out = resolve(program.opts<{ out: string }>().out);

const folder = await mkdtemp(join(tmpdir(), 'orchestrator-pack-'));
try {
  await mkdir(out, { recursive: true });
  const packages = [await buildCli(join(folder, 'cli')), await buildSdk(join(folder, 'sdk'))];
  for (const each of packages) console.log(await tarballOf(each, out));
} catch (error) {
  console.error(`pack: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
