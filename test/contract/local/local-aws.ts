import { join } from 'node:path';
import { administrator } from '../../../local/cdk.ts';
import { region } from '../../../local/environment-file.ts';
import { repositoryRoot } from '../../../local/paths.ts';
import { startPythonServer, type PythonServer } from '../python-server.ts';

/** MiniStack as the local cloud starts it, with nothing deployed and no fleet. */
export interface LocalAws extends PythonServer {
  /** What every SDK client of the administrator needs. */
  readonly client: { readonly endpoint: string; readonly region: string; readonly credentials: typeof administrator };
}

export async function startLocalAws(): Promise<LocalAws> {
  const server = await startPythonServer({
    name: 'ministack',
    args: (port) => [join(repositoryRoot, 'local', 'ministack', 'launch.py'), '--port', String(port), '--fleet', 'http://127.0.0.1:9'],
    env: () => ({}),
    health: '/_ministack/health',
  });
  return { ...server, client: { endpoint: server.endpoint, region, credentials: administrator } };
}
