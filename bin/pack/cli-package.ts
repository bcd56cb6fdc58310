import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { licencesOf } from './licences.ts';
import { packageFolder, root } from './package-folder.ts';

const PROGRAM = 'dist/orch.mjs';
const LICENCES = 'THIRD-PARTY-LICENSES.txt';

/** Some of what is bundled is CommonJS, which asks for modules of Node by `require`. */
const REQUIRE = "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);";

/** The program in one file, with all that it needs but Node: nothing is fetched when it is installed. Answers the folder. */
export async function buildCli(folder: string): Promise<string> {
  await packageFolder(folder, 'cli', { bin: { orch: PROGRAM }, files: ['dist', LICENCES] }, 'docs/cli.md');
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['cli/src/main.ts'],
    outfile: join(folder, PROGRAM),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    banner: { js: REQUIRE },
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
  await writeFile(join(folder, LICENCES), await licencesOf(Object.keys(metafile.inputs)));
  return folder;
}
