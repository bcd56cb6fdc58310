import { startPythonServer, type PythonServer } from './python-server.ts';

/** A MiniStack of a test file's own. */
export type MiniStack = PythonServer;

/**
 * Starts MiniStack without IAM: contracts of adapters are about data, who may do what is tested on the deployed template.
 */
export async function startMiniStack(): Promise<MiniStack> {
  return startPythonServer({
    name: 'ministack',
    args: () => ['-m', 'ministack.app'],
    env: (port) => ({ GATEWAY_PORT: String(port), BIND_HOST: '127.0.0.1', IOT_MTLS_ENABLED: '0', SFTP_ENABLED: '0' }),
    health: '/_ministack/health',
  });
}
