import { readFile } from 'node:fs/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { cliReference } from '../../../cli/generate-reference.ts';
import { silenceLogs } from '../../builders/logs.ts';
import { gatewayRefusal, serveApi } from '../../builders/served-api.ts';
import { openOrch } from './orch.ts';

let cli: Awaited<ReturnType<typeof openOrch>>;
const environment = { ORCH_NAMESPACE: 'research' };

beforeAll(silenceLogs);
beforeEach(async () => { cli = await openOrch(); });
afterEach(async () => cli.close());

describe('what goes wrong on the way', () => {
  it.each([
    ['ExpiredTokenException', 'The security token included in the request is expired', 'sign in again'],
    ['InvalidSignatureException', 'The request signature we calculated does not match', 'clock of this machine'],
    ['UnrecognizedClientException', 'The security token included in the request is invalid.', 'of another account'],
    ['MissingAuthenticationTokenException', 'Missing Authentication Token', 'ORCH_API_URL may lack the stage'],
    ['AccessDeniedException', 'User: arn:aws:iam::123456789012:user/bob is not authorized to perform: execute-api:Invoke', 'An administrator can allow it'],
  ])('knows a way out of %s', async (code, message, hint) => {
    cli.served.script.push(gatewayRefusal(code, message));
    const { exitCode, out, err } = await cli.orch(['list'], { environment });
    expect([exitCode, out]).toEqual([1, '']);
    expect(err).toContain(`orch: ${message}\n`);
    expect(err).toContain(hint);
  });

  it('says that nobody answers', async () => {
    const gone = await serveApi(cli.api);
    await gone.close();
    const { exitCode, err } = await cli.orch(['list', '--api-url', gone.url], { environment });
    expect(exitCode).toBe(1);
    expect(err).toMatch(/^orch: No answer from http:\/\/127\.0\.0\.1:\d+: connect ECONNREFUSED .+\.\nIs ORCH_API_URL right, .+\nA local cloud must be running/);
  });

  it('says nothing of a local cloud to whoever calls another machine', async () => {
    const { exitCode, err } = await cli.orch(['list', '--api-url', 'http://api.invalid/api'], { environment });
    expect(exitCode).toBe(1);
    expect(err).toMatch(/^orch: No answer from http:\/\/api\.invalid: .+\.\nIs ORCH_API_URL right, and the network up\?\n$/);
  });

  it('asks a busy service again, and gives up in the end', async () => {
    const busy = { status: 503, headers: { 'retry-after': '5' }, body: '{"title":"Busy","detail":"AWS asks to slow down."}' };
    cli.served.script.push(busy, busy, busy);
    expect((await cli.orch(['list'], { environment })).exitCode).toBe(0);
    cli.served.script.push(busy, busy, busy, busy);
    expect(await cli.orch(['list'], { environment })).toEqual({ exitCode: 1, out: '', err: 'orch: Busy. AWS asks to slow down.\n' });
  });

  it('says what is not set', async () => {
    const { exitCode, err } = await cli.orch(['list'], { environment: { ...environment, ORCH_API_URL: '' } });
    expect(exitCode).toBe(2);
    expect(err).toBe('orch: The address of the API is not known: set ORCH_API_URL to the output ApiUrl of the deployed stack.\nFor the local cloud: source .local/env\n');
  });

  it('hands a program a document', async () => {
    const refused = await cli.orch(['get', '01hf7yat000000000000000000', '--json'], { environment });
    expect(JSON.parse(refused.err)).toMatchObject({ type: 'urn:orchestrator:problem:job-not-found', status: 404 });
    const mistaken = await cli.orch(['get', 'x', '--json'], { environment });
    expect(JSON.parse(mistaken.err)).toEqual({ title: 'UsageError', detail: expect.stringContaining('"x" is no job') });
  });

  it.each([
    [['list', '--json', '--stat', 'RUNNING'], "unknown option '--stat' (Did you mean --state?) (orch list --help says more)"],
    [['list', '--stat', 'RUNNING', '--json'], "unknown option '--stat' (Did you mean --state?) (orch list --help says more)"],
    [['get', '--json'], "missing required argument 'job' (orch get --help says more)"],
    [['--json', '--api-url'], "option '--api-url <url>' argument missing (orch --help says more)"],
    [['admin', '--json'], 'orch admin: no command, or none that there is (orch admin --help says more)'],
  ])('hands a program a document of %j, too', async (words, detail) => {
    const { exitCode, out, err } = await cli.orch(words, { environment });
    expect([exitCode, out, JSON.parse(err)]).toEqual([2, '', { title: 'UsageError', detail }]);
  });

  it.each([
    ['capacity'], ['shares', 'get'], ['shares', 'apply', 'shares.yaml'], ['admin', 'recount'], ['admin', 'audit'],
  ])('does not take a namespace for what is of the whole deployment: %s %s', async (...words) => {
    const { exitCode, err } = await cli.orch([...words, '-n', 'research']);
    expect([exitCode, err, cli.served.arrived.length]).toEqual([2, `orch: "${words.at(words[0] === 'capacity' ? 0 : 1)}" is of the whole deployment: leave out -n research\n`, 0]);
    expect((await cli.orch([...words, '--help'])).out).not.toContain('--namespace');
    expect((await cli.orch(['list', '--help'])).out).toContain('--namespace');
  });
});

describe('the help', () => {
  it('knows what was meant', async () => {
    expect(await cli.orch(['cancle', 'x'])).toEqual({ exitCode: 2, out: '', err: "orch: unknown command 'cancle'\n(Did you mean cancel?)\n(orch --help says more)\n" });
    expect(await cli.orch(['submit', 'a.yaml', '--wiat'])).toEqual({ exitCode: 2, out: '', err: "orch: unknown option '--wiat'\n(Did you mean --wait?)\n(orch submit --help says more)\n" });
  });

  it('is a result when it was asked for', async () => {
    for (const words of [['--help'], ['help', 'submit'], ['manifests', 'get', '--help']]) {
      const { exitCode, out, err } = await cli.orch(words);
      expect([exitCode, err]).toEqual([0, '']);
      expect(out).toMatch(/^Usage: orch /);
    }
    expect(await cli.orch([])).toMatchObject({ exitCode: 2, out: '', err: expect.stringMatching(/^Usage: orch /) });
    expect((await cli.orch(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('has an example for every command', async () => {
    const sections = cliReference().split('\n## ').slice(2).filter((section) => !/^orch (?:manifests|shares|admin)\n/.test(section));
    expect(sections.filter((section) => !section.includes('Examples:\n  $ orch ') && !section.includes('| orch ')).map((section) => section.split('\n')[0])).toEqual([]);
    expect(sections.length).toBe(27);
  });

  it('is in the documentation as it is: otherwise run "npm run docs"', async () => {
    expect(cliReference()).toBe(await readFile(new URL('../../../docs/cli.md', import.meta.url), 'utf8'));
  });
});
