import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { bundledConstants } from '../lib/configuration/deployment-environment.ts';
import { parseConfiguration } from '../lib/configuration/load.ts';
import { bundleHandlers, type HandlerBundles } from '../lib/functions/handler-bundles.ts';
import { aDeployment } from '../test/builders/capacity.ts';
import { table } from './table.ts';

const MEBIBYTE = 1024 ** 2;
/** What a bundle may have in bytes, and take to be imported in milliseconds. */
const budget = { bytes: MEBIBYTE, bytesWithEc2: 1.6 * MEBIBYTE, milliseconds: 300 } as const;
const RUNS = 5;

/** A function's code as it is deployed. */
export interface BundleMeasurement {
  readonly name: string;
  readonly bytes: number;
  readonly gzippedBytes: number;
  readonly clients: readonly string[];
  /** From the start of the import until the handler is there: medians of five new processes on this machine. */
  readonly initialisationMs: number;
  /** The processor's part of it, all threads together: what a busy machine does not stretch. */
  readonly initialisationCpuMs: number;
  readonly withinBudget: boolean;
}

/** Bundles all handlers as synthesis does and imports each, one after the other, in processes of their own. */
export async function measureBundles(sourceRoot: string): Promise<readonly BundleMeasurement[]> {
  const output = mkdtempSync(join(tmpdir(), 'bench-bundles-'));
  try {
    const bundles = await bundleHandlers(sourceRoot, bundledConstants(parseConfiguration({}, 'the defaults', 'us-east-1'), sourceRoot), output);
    const measurements: BundleMeasurement[] = [];
    for (const name of bundles.names) measurements.push(await measure(bundles, name));
    return measurements;
  } finally {
    rmSync(output, { recursive: true });
  }
}

async function measure(bundles: HandlerBundles, name: string): Promise<BundleMeasurement> {
  const file = join(bundles.folder(name), 'index.mjs');
  const code = readFileSync(file);
  const clients = bundles.clients(name);
  const most = clients.includes('ec2') ? budget.bytesWithEc2 : budget.bytes;
  const imports = await timedImports(file);
  const initialisationMs = median(imports.map(({ wallMs }) => wallMs));
  const initialisationCpuMs = median(imports.map(({ cpuMs }) => cpuMs));
  return {
    name, bytes: code.length, gzippedBytes: gzipSync(code).length, clients, initialisationMs, initialisationCpuMs,
    withinBudget: code.length <= most && Math.min(initialisationMs, initialisationCpuMs) <= budget.milliseconds,
  };
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

interface Import {
  readonly wallMs: number;
  readonly cpuMs: number;
}

async function timedImports(file: string): Promise<readonly Import[]> {
  const imports: Import[] = [];
  for (let run = 0; run < RUNS; run += 1) imports.push(await timedImport(file));
  return imports;
}

/** The process says what its own import took: what Node itself needs to start is not the handler's. */
async function timedImport(file: string): Promise<Import> {
  const program = `
    const [begun, used] = [performance.now(), process.cpuUsage()];
    await import(${JSON.stringify(pathToFileURL(file).href)});
    const { user, system } = process.cpuUsage(used);
    console.log(JSON.stringify({ wallMs: performance.now() - begun, cpuMs: (user + system) / 1000 }));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { env: functionEnvironment() });
  const taken: Import = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}');
  return taken;
}

/** As Lambda sets it. */
function functionEnvironment(): NodeJS.ProcessEnv {
  const { name: _name, region, limits: _limits, intervals: _intervals, ...resources } = aDeployment();
  return {
    PATH: process.env['PATH'],
    AWS_REGION: region,
    AWS_LAMBDA_FUNCTION_NAME: 'bench',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    _X_AMZN_TRACE_ID: 'Root=1-00000000-000000000000000000000000;Sampled=0',
    ORCH_RESOURCES: JSON.stringify(resources),
    POWERTOOLS_SERVICE_NAME: 'bench',
  };
}

/** For people. */
export function renderBundles(measurements: readonly BundleMeasurement[]): string {
  const rows = measurements.map((bundle) => [
    bundle.name, kib(bundle.bytes), kib(bundle.gzippedBytes), Math.round(bundle.initialisationMs), Math.round(bundle.initialisationCpuMs), bundle.withinBudget ? '' : 'over', bundle.clients.join(' '),
  ]);
  return table(['function', 'KiB', 'gzipped', 'import ms', 'cpu ms', 'budget', 'clients'], rows);
}

const kib = (bytes: number): number => Math.round(bytes / 1024);
