import { join } from 'node:path';
import { packageFolder, packageJsonOf, root } from './package-folder.ts';
import { output } from './tarball.ts';

/** The SDK as modules with their types, which brings its dependencies as any library does. Answers the folder. */
export async function buildSdk(folder: string): Promise<string> {
  const { dependencies } = await packageJsonOf('sdk');
  const exported = { types: './dist/index.d.ts', default: './dist/index.js' };
  await packageFolder(folder, 'sdk', { exports: { '.': exported }, files: ['dist'], sideEffects: false, dependencies }, 'sdk/README.md');
  await output(join(root, 'node_modules', '.bin', 'tsc'), ['-p', 'sdk/tsconfig.pack.json', '--outDir', join(folder, 'dist')], root);
  return folder;
}
