import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cdk } from './cdk.ts';
import { repositoryRoot } from './paths.ts';

/** A CDK app and what goes into it. */
export interface CdkApp {
  /** The command that synthesizes it; the one in `cdk.json` when left out. */
  readonly command?: string;
  /** Globs of the files that its result depends on, relative to the checkout. */
  readonly sources: readonly string[];
  /** `-c key=value` pairs. */
  readonly context: Readonly<Record<string, string>>;
}

const productSources = [
  'bin/**/*', 'lib/**/*', 'core/**/*', 'lambdas/**/*', 'statemachines/**/*', 'nodes/**/*',
  'sdk/src/**/*', 'cdk.json', 'package-lock.json', 'tsconfig.json',
];

/** The app of `cdk.json`, which publishes with the deployer's own rights: MiniStack refuses the publishing role its bucket. */
export function productApp(config: string | undefined): CdkApp {
  return {
    sources: config === undefined ? productSources : [...productSources, config],
    context: { synthesizer: 'cli', ...(config === undefined ? {} : { config }) },
  };
}

const cacheDirectory = join(repositoryRoot, '.local', 'synth');
const cachedAssemblies = 8;

/**
 * Synthesizes the app, or finds what it was synthesized to before from the same files and context.
 *
 * @param endpoint of the account that it is synthesized for.
 * @returns the directory of the cloud assembly, to be read only; equal for equal sources and context.
 */
export async function synthesize(app: CdkApp, endpoint: string): Promise<string> {
  const assembly = join(cacheDirectory, sourceDigest(app));
  if (existsSync(assembly)) {
    const now = new Date();
    utimesSync(assembly, now, now);
    return assembly;
  }
  mkdirSync(cacheDirectory, { recursive: true });
  const unfinished = `${assembly}.${process.pid}.tmp`;
  await cdk(endpoint, [
    'synth', '--quiet', '--output', unfinished,
    ...(app.command === undefined ? [] : ['--app', app.command]),
    ...Object.entries(app.context).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
  ]);
  moveIntoCache(unfinished, assembly);
  forgetOldest();
  return assembly;
}

function sourceDigest(app: CdkApp): string {
  const hash = createHash('sha256').update(JSON.stringify([app.command ?? '', app.context]));
  for (const file of globSync([...app.sources], { cwd: repositoryRoot }).sort()) {
    const path = resolve(repositoryRoot, file);
    if (statSync(path).isFile()) hash.update(`\0${file}\0`).update(readFileSync(path));
  }
  return hash.digest('hex').slice(0, 20);
}

/** Another process may have synthesized the same meanwhile: then its result stays. */
function moveIntoCache(unfinished: string, assembly: string): void {
  try {
    renameSync(unfinished, assembly);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(assembly)) throw error;
  }
}

function forgetOldest(): void {
  readdirSync(cacheDirectory)
    .filter((name) => !name.endsWith('.tmp'))
    .map((name) => ({ path: join(cacheDirectory, name), usedMs: statSync(join(cacheDirectory, name)).mtimeMs }))
    .sort((a, b) => b.usedMs - a.usedMs)
    .slice(cachedAssemblies)
    .forEach(({ path }) => rmSync(path, { recursive: true, force: true }));
}
