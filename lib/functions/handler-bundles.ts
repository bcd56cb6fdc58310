import { existsSync, globSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';

// CommonJS packages inside an ES module bundle call require for what Node brings along.
const requireBanner = "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);";

/** Where esbuild's own account of the bundles is kept beside them. */
const METAFILE = 'metafile.json';

/**
 * Sources of credentials on people's machines. The SDK imports them when it finds none in the environment, where
 * Lambda puts them: left out, each bundle is a tenth smaller.
 */
const neverImported = ['ini', 'login', 'process', 'sso', 'web-identity'].map((source) => `@aws-sdk/credential-provider-${source}`);

/**
 * Clients of the SDK describe all shapes of their service in objects with computed keys, `{ [_xN]: "item" }`, which
 * esbuild keeps because a computed key might do something. Their keys are constants of the same file: written out, the
 * shapes that nobody uses are left out. Of a bundle with EC2 that is a third.
 */
const leaveOutUnusedShapes: Plugin = {
  name: 'leave-out-unused-shapes',
  setup: (bundling) => {
    bundling.onLoad({ filter: /client-[a-z0-9-]+[\\/]dist-es[\\/]schemas[\\/]schemas_\d+\.js$/ }, async ({ path }) => ({ contents: withPlainKeys(await readFile(path, 'utf8')) }));
  },
};

/** The source with `[_name]:` replaced by `"text":` where `const _name = "text";` says so. */
export function withPlainKeys(source: string): string {
  const texts = new Map([...source.matchAll(/^const (\w+) = ("[^"\\\n]*");$/gm)].map(([, name = '', text = '']) => [name, text]));
  return source.replaceAll(/([{,]\s*)\[(\w+)\]:/g, (whole: string, before: string, name: string) => {
    const text = texts.get(name);
    return text === undefined ? whole : `${before}${text}:`;
  });
}

/** The handlers of a source tree, each bundled with all that it imports into a folder of its own. */
export interface HandlerBundles {
  /**
   * Folder with `index.mjs` of a handler.
   *
   * @param name `<area>/<verb-noun>`, the handler's folder under `lambdas/`.
   * @throws if there is no such handler.
   */
  folder(name: string): string;
  /** Clients of the AWS SDK that went into a handler's bundle, `dynamodb` for instance, sorted. */
  clients(name: string): readonly string[];
  /** `<area>/<verb-noun>` of every handler, sorted. */
  readonly names: readonly string[];
}

/**
 * Bundles every `lambdas/<area>/<verb-noun>/handler.ts` in one run of esbuild: files that they share are parsed once.
 *
 * @param sourceRoot folder that has `lambdas/`.
 * @param constants replaced in the sources, by expression: `{ 'process.env.X': 'a text' }`.
 * @param output folder for the bundles; it must stay until the stack is synthesized.
 */
export async function bundleHandlers(sourceRoot: string, constants: Readonly<Record<string, string>>, output: string): Promise<HandlerBundles> {
  const names = handlerNames(sourceRoot);
  const { metafile } = await build({
    absWorkingDir: sourceRoot,
    entryPoints: names.map((name) => ({ in: join('lambdas', name, 'handler.ts'), out: join(name, 'index') })),
    outdir: output,
    outExtension: { '.js': '.mjs' },
    banner: { js: requireBanner },
    define: Object.fromEntries(Object.entries(constants).map(([key, text]) => [key, JSON.stringify(text)])),
    bundle: true,
    external: neverImported,
    plugins: [leaveOutUnusedShapes],
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    legalComments: 'none',
    metafile: true,
    logLevel: 'error',
  });
  await writeFile(join(output, METAFILE), JSON.stringify(metafile));
  return handlerBundles(sourceRoot, output, metafile);
}

/**
 * What `bundleHandlers` has left in a folder before, of the same sources.
 *
 * @throws if it has not.
 */
export async function bundledBefore(sourceRoot: string, output: string): Promise<HandlerBundles> {
  const metafile: Metafile = JSON.parse(await readFile(join(output, METAFILE), 'utf8'));
  return handlerBundles(sourceRoot, output, metafile);
}

function handlerNames(sourceRoot: string): readonly string[] {
  return globSync('lambdas/*/*/handler.ts', { cwd: sourceRoot })
    .map((file) => relative('lambdas', dirname(file)))
    .sort();
}

function handlerBundles(sourceRoot: string, output: string, metafile: Metafile): HandlerBundles {
  return {
    names: handlerNames(sourceRoot),
    folder: (name) => existingFolder(sourceRoot, output, name),
    clients: (name) => clientsIn(metafile, relative(sourceRoot, join(output, name, 'index.mjs'))),
  };
}

function clientsIn(metafile: Metafile, file: string): readonly string[] {
  const inputs = Object.entries(metafile.outputs[file]?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const clients = inputs.map(([path]) => /@aws-sdk\/client-([a-z0-9-]+)\//.exec(path)?.[1]).filter((client) => client !== undefined);
  return [...new Set(clients)].sort();
}

function existingFolder(sourceRoot: string, output: string, name: string): string {
  const folder = join(output, name);
  if (!existsSync(join(folder, 'index.mjs'))) {
    throw new Error(`The stack deploys lambdas/${name}/handler.ts, which is not in ${sourceRoot}.`);
  }
  return folder;
}
