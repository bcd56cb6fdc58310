import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, jest } from '@jest/globals';
import { end, isOver } from './child-process.ts';
import { onFreePort, startPythonServer } from './python-server.ts';

jest.setTimeout(120_000);

const SERVES = 'import http.server, sys; http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()';

it('a server whose port is taken by the time that it wants it gets another', async () => {
  const ports: number[] = [];
  const args = (port: number): string[] => ['-c', ports.push(port) === 1 ? 'raise SystemExit("taken")' : SERVES, String(port)];

  const server = await startPythonServer({ name: 'http', args, env: () => ({}), health: '/' });

  expect(ports).toHaveLength(2);
  expect(server.endpoint).toBe(`http://127.0.0.1:${ports[1]}`);
  await server.stop();
});

it('a server that never starts says why', async () => {
  const start = startPythonServer({ name: 'http', args: () => ['-c', 'raise SystemExit("no such thing")'], env: () => ({}), health: '/' });
  await expect(start).rejects.toThrow('http did not start: no such thing');
});

it('a server is not there because another answers in its place', async () => {
  const children: ReturnType<typeof spawn>[] = [];
  const started = onFreePort('it', {
    spawn: () => {
      const child = spawn('sh', ['-c', 'exit 1'], { stdio: ['ignore', 'ignore', 'pipe'] });
      children.push(child);
      return child;
    },
    answers: async () => {
      const child = children.at(-1);
      if (child !== undefined && !isOver(child)) await once(child, 'exit');
      return true;
    },
  });

  await expect(started).rejects.toThrow('it did not start');
});

it('a process that does not end when it is asked is ended', async () => {
  const child = spawn('sh', ['-c', 'trap "" TERM; echo begun; while :; do sleep 0.05; done'], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');

  await end(child, undefined, 50);

  expect(child.signalCode).toBe('SIGKILL');
});
