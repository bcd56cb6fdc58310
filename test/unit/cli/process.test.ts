import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { epochMs } from '../../../core/job/ids.ts';
import { silenceLogs } from '../../builders/logs.ts';
import { aManifestText } from '../../builders/manifest.ts';
import { credentials } from '../../builders/served-api.ts';
import { openOrch } from './orch.ts';

const main = fileURLToPath(new URL('../../../cli/src/main.ts', import.meta.url));
let cli: Awaited<ReturnType<typeof openOrch>>;

beforeAll(silenceLogs);
beforeEach(async () => { cli = await openOrch(); });
afterEach(async () => cli.close());

/** The program as a process of its own. */
function start(words: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const given = { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey, ...environment };
  const child = spawn(process.execPath, [main, ...words], {
    env: { PATH: process.env['PATH'], HOME: tmpdir(), ORCH_API_URL: cli.served.url, AWS_REGION: 'us-east-1', ...given },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (part: Buffer) => { out += part.toString(); });
  child.stderr.on('data', (part: Buffer) => { err += part.toString(); });
  const ended = once(child, 'close').then(([code]) => ({ exitCode: code as number | null, out, err }));
  return { child, ended };
}

it('submits what is piped in, with the credentials of the environment', async () => {
  const { child, ended } = start(['submit', '-']);
  child.stdin.end(aManifestText());
  expect(await ended).toMatchObject({ exitCode: 0, out: expect.stringMatching(/^research\/[0-9a-z]{26}\n$/) });
});

it('leaves the job alone on Ctrl-C', async () => {
  const submitted = (await cli.orch(['submit', '-'], { input: aManifestText() })).out.trim();
  const { child, ended } = start(['wait', submitted]);
  // The first line of progress is written when the program listens to Ctrl-C already.
  child.stderr.once('data', () => child.kill('SIGINT'));
  expect(await ended).toMatchObject({ exitCode: 130, out: '', err: expect.stringContaining(`orch cancel ${submitted}`) });
});

it('ends without a word when nobody reads on', async () => {
  const submitted = (await cli.orch(['submit', '-'], { input: aManifestText() })).out.trim();
  for (let n = 0; n < 5000; n += 1) {
    cli.lines.push({ id: String(n), atMs: epochMs(cli.api.clock.now() + n), attempt: 1, node: 'head-0', step: 'Train', message: 'x'.repeat(200) });
  }
  const { child, ended } = start(['logs', submitted]);
  child.stdout.once('data', () => child.stdout.destroy());
  expect(await ended).toMatchObject({ exitCode: 141, err: '' });
});

it('says what to do when there are no credentials', async () => {
  const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_EC2_METADATA_DISABLED: 'true' };
  const { exitCode, err } = await start(['list', '-n', 'research'], none).ended;
  expect(exitCode).toBe(1);
  expect(err).toMatch(/^orch: No AWS credentials to sign requests with: .+\nRequests are signed with AWS credentials/);
});

it('names the profile that there are no credentials in', async () => {
  const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_EC2_METADATA_DISABLED: 'true', AWS_PROFILE: 'physics' };
  const { exitCode, err } = await start(['list', '-n', 'research'], none).ended;
  expect(exitCode).toBe(1);
  expect(err).toMatch(/^orch: No AWS credentials to sign requests with: .+\nAWS_PROFILE is "physics": /);
});
