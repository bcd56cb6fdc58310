import { expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../../local/eventually.ts';
import { isRunning, startDetached } from '../../../local/processes.ts';
import { waitUntil } from '../../../local/services.ts';

it('a server is not there because another answers where it should', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'services-'));
  const process = await startDetached({
    name: 'server', command: 'sh', arguments: ['-c', 'echo the port is taken'], environment: { PATH: '/usr/bin:/bin' }, directory, logFile: join(directory, 'log'),
  });
  const another = async (): Promise<boolean> => eventually('the server has ended', () => !isRunning(process), { timeoutMs: 20_000, pollMs: 10 });

  await expect(waitUntil(process, 'its URL', another)).rejects.toThrow('server ended while it started:\nthe port is taken');
  rmSync(directory, { recursive: true });
});
