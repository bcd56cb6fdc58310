import type { NodeRequest } from '../http/imds.ts';
import type { Instance } from '../model.ts';
import { isLive } from '../model.ts';
import type { Collection } from '../store.ts';
import type { InstanceDriver } from './driver.ts';
import type { InstanceLifecycle } from './lifecycle.ts';

interface NodeRequestParts {
  readonly instances: Collection<Instance>;
  readonly driver: InstanceDriver;
  readonly lifecycle: () => InstanceLifecycle;
}

/** Serves what the stand-ins on instances cannot do from inside: power off, and mount another instance's folder. */
export function nodeRequests({ instances, driver, lifecycle }: NodeRequestParts) {
  return async (instanceId: string, request: NodeRequest): Promise<void> => {
    if (request.kind === 'poweroff') {
      lifecycle().endedItself(instanceId);
      return;
    }
    if (request.kind === 'unmount') {
      await driver.unshare({ instanceId, path: request.target });
      return;
    }
    const server = instances.values().find((instance) => isLive(instance) && instance.address === request.address);
    if (server === undefined) {
      throw new Error('Connection timed out');
    }
    if (!(await isExported(driver, server.id, request.source))) {
      throw new Error('access denied by server');
    }
    await driver.share({ instanceId: server.id, path: request.source }, { instanceId, path: request.target });
  };
}

/** Whether the instance serves NFS and exports `path`, as its stand-ins have written down. */
async function isExported(driver: InstanceDriver, instanceId: string, path: string): Promise<boolean> {
  const serves = await driver.readFile(instanceId, '/run/fleet/services/nfs-server');
  const exported = serves === undefined ? undefined : await driver.readFile(instanceId, '/run/fleet/exports');
  return exported?.split('\n').some((line) => line !== '' && (path === line || path.startsWith(`${line}/`))) ?? false;
}
