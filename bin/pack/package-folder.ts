import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's root. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

type PackageJson = Readonly<Record<string, unknown>>;

/** What a package says of itself in the checkout, and what it keeps of that where users install it. */
const kept = ['name', 'version', 'description', 'license', 'type', 'engines'];

/** A folder as npm packs it: the package's own data with what is different outside a checkout, its licence and its page. */
export async function packageFolder(folder: string, workspace: string, outside: PackageJson, page: string): Promise<void> {
  const inside = await packageJsonOf(workspace);
  const own = Object.fromEntries(kept.map((key) => [key, inside[key]]));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), `${JSON.stringify({ ...own, ...outside }, null, 2)}\n`);
  await copyFile(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  await copyFile(join(root, page), join(folder, 'README.md'));
}

/** What a workspace of the checkout says of itself. */
export async function packageJsonOf(workspace: string): Promise<PackageJson> {
  const text = await readFile(join(root, workspace, 'package.json'), 'utf8');
  return JSON.parse(text) as PackageJson;
}
