import { readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = pathToFileURL(join(import.meta.dirname, '..', '..')).href;
const globals = pathToFileURL(join(import.meta.dirname, 'globals.ts')).href;
const withoutTypes = new Map<string, string>();
/** Modules that keep nothing: libraries, and `core/`, which is pure. It is warm where it is shared, and most of the work is its. */
const isShared = (url: string): boolean => !url.startsWith(`${root}/`) || url.startsWith(`${root}/core/`) || url.includes('/node_modules/');
let files = 0;

// A module of this repository is told apart by the file for which it is loaded, which its importers hand on.
registerHooks({
  resolve: (specifier, context, next) => {
    if (specifier === '@jest/globals') return { url: globals, shortCircuit: true };
    const resolved = next(specifier, context);
    const { search } = new URL(context.parentURL ?? root);
    return isShared(resolved.url) || resolved.url.includes('?') ? resolved : { ...resolved, url: resolved.url + search };
  },
  load: (url, context, next) => (/\.ts\?file=/.test(url) ? { format: 'module', source: sourceOf(fileURLToPath(url)), shortCircuit: true } : next(url, context)),
});

/** A module without its types, which are taken out of it once. */
function sourceOf(path: string): string {
  const source = withoutTypes.get(path) ?? stripTypeScriptTypes(readFileSync(path, 'utf8'));
  withoutTypes.set(path, source);
  return source;
}

/** Imports a test file, with modules of this repository that no other file has, but for what all share. */
export async function importAnew(path: string): Promise<void> {
  files += 1;
  await import(`${pathToFileURL(path).href}?file=${files}`);
}
