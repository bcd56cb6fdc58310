// The way into every npm script: plain Node >= 20 without dependencies. Brings a clean checkout to the
// state that a command needs (npm packages, a Python environment), then runs the command on Node 24.
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const packageBinaries = join(root, 'node_modules', '.bin');
const venv = join(root, '.local', 'venv');

const localCloud = 'local/requirements.txt';

/** What each npm script runs, and which Python packages that needs; nothing but the local cloud's comes alone. */
const commands = {
  start: { script: 'local/demo.ts', python: [localCloud] },
  'demo:slurm': { script: 'local/demo-slurm.ts', python: [localCloud] },
  drill: { script: 'local/drill/main.ts', python: [localCloud] },
  test: { script: 'local/checks.ts', python: [localCloud, 'test/requirements.txt'] },
  check: { script: 'local/checks.ts', arguments: ['--quick'], python: [] },
  local: { script: 'local/main.ts', python: [localCloud] },
  preflight: { script: 'bin/preflight.ts', python: [] },
  grafana: { script: 'bin/grafana.ts', python: [] },
  pack: { script: 'bin/pack.ts', python: [] },
  docs: { script: 'local/generate-docs.ts', python: [] },
  bench: { script: 'benchmarks/main.ts', python: [localCloud] },
};

class SetupError extends Error {}

const say = (line) => process.stderr.write(`setup: ${line}\n`);
const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

function requireNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) {
    throw new SetupError(`Node ${process.versions.node} is too old: 20 or later is needed (https://nodejs.org).`);
  }
}

/** Whether node_modules holds what the lockfile says; packages for other platforms may be missing. */
function packagesInstalled() {
  const installedFile = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const installed = readJson(installedFile).packages;
  return Object.entries(readJson(join(root, 'package-lock.json')).packages).every(([path, locked]) => {
    if (path === '' || locked.link || !path.startsWith('node_modules')) return true;
    return path in installed ? installed[path].version === locked.version : locked.optional === true;
  });
}

function installPackages() {
  if (packagesInstalled()) return;
  say('installing npm packages (npm ci), about a minute …');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  run(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], 'npm ci failed: see its message above.');
}

function requireNode24() {
  const found = readOutput(join(packageBinaries, 'node'), ['--version']);
  if (!found?.startsWith('v24.')) {
    throw new SetupError('the npm package "node" did not bring Node 24, perhaps because npm was told to ignore '
      + 'install scripts. Way out: npm rebuild node --ignore-scripts=false, then try again.');
  }
}

/** The first interpreter on PATH that is new enough. */
function findPython() {
  const candidates = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python'];
  const seen = [];
  for (const candidate of candidates) {
    const version = readOutput(candidate, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'])?.trim();
    if (version === undefined) continue;
    const [major, minor] = version.split('.').map(Number);
    if (major === 3 && minor >= 11) return candidate;
    seen.push(`${candidate} is ${version}`);
  }
  throw new SetupError(`Python 3.11 or later is needed to run the local cloud, and ${
    seen.length > 0 ? seen.join(', ') : 'no Python is on PATH'}. Way out: install one (https://www.python.org/downloads/, `
    + '"apt install python3 python3-venv", "brew install python") and put it on PATH.');
}

/** Where it is noted which version of a list of packages is installed. */
function stampOf(requirements) {
  const name = requirements === localCloud ? '' : `-${requirements.replaceAll('/', '-')}`;
  return join(venv, `.requirements-sha256${name}`);
}

function digestOf(requirements) {
  return createHash('sha256').update(readFileSync(join(root, requirements))).digest('hex');
}

function isInstalled(requirements) {
  const stamp = stampOf(requirements);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === digestOf(requirements);
}

/** The environment is made anew for another local cloud; other packages are added to it. */
function installPython(lists) {
  if (lists.includes(localCloud) && !isInstalled(localCloud)) makeEnvironment();
  for (const requirements of lists.filter((list) => !isInstalled(list))) {
    say(`installing ${requirements} into .local/venv (Python), about half a minute …`);
    run(join(venv, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', join(root, requirements)],
      `pip could not install ${requirements}: see its message above.`);
    writeFileSync(stampOf(requirements), digestOf(requirements));
  }
}

function makeEnvironment() {
  const python = findPython();
  rmSync(venv, { recursive: true, force: true });
  mkdirSync(dirname(venv), { recursive: true });
  run(python, ['-m', 'venv', venv],
    'the Python environment could not be made. On Debian and Ubuntu: apt install python3-venv.');
}

function readOutput(command, args) {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return undefined;
  }
}

function run(command, args, failure) {
  try {
    execFileSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  } catch (error) {
    throw new SetupError(failure, { cause: error });
  }
}

/** Runs the command and ends as it ends; a signal reaches it, and it is waited for. */
function runOnNode24(script, args) {
  const path = [packageBinaries, process.env.PATH].join(delimiter);
  const child = spawn(join(packageBinaries, 'node'), [join(root, script), ...args], {
    stdio: 'inherit',
    env: { ...process.env, PATH: path },
  });
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // A terminal sends Ctrl-C to the whole foreground group, so the child has it already; anyone else sends it here.
  process.on('SIGINT', () => { if (!process.stdin.isTTY) child.kill('SIGINT'); });
  child.on('error', (error) => { say(error.message); process.exitCode = 1; });
  child.on('exit', (code, signal) => { process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143); });
}

function main([name, ...args]) {
  const command = commands[name];
  if (command === undefined) {
    throw new SetupError(`no such command: ${name}. There are: ${Object.keys(commands).join(', ')}.`);
  }
  requireNode();
  installPackages();
  requireNode24();
  installPython(command.python);
  if (!existsSync(join(root, command.script))) throw new SetupError(`${command.script} does not exist in this checkout.`);
  runOnNode24(command.script, [...(command.arguments ?? []), ...args]);
}

try {
  main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
  process.exitCode = 1;
}
