import { startPythonServer, type PythonServer } from '../python-server.ts';

/** Starts moto's server, an emulator that nobody here has written. */
export async function startMoto(): Promise<PythonServer> {
  return startPythonServer({
    name: 'moto',
    args: (port) => ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)],
    env: () => ({}),
    health: '/moto-api/data.json',
  });
}
