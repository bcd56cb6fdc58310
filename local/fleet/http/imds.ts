import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

import type { Cloud, RoleCredentials } from '../cloud/cloud.ts';
import { privateDnsName } from '../ec2/describe-instances.ts';
import { INSTANCE_TYPES, zoneId } from '../facts/facts.ts';
import type { Instance } from '../model.ts';
import type { Collection } from '../store.ts';
import { listen } from './listen.ts';
import { readBody } from './read-body.ts';

/** What a stand-in on the instance asks of the simulator, beside the metadata. */
export type NodeRequest =
  | { readonly kind: 'poweroff' }
  | { readonly kind: 'mount'; readonly address: string; readonly source: string; readonly target: string }
  | { readonly kind: 'unmount'; readonly target: string };

interface ImdsParts {
  readonly instances: Collection<Instance>;
  readonly cloud: Cloud;
  readonly nowMs: () => number;
  /** Does what a stand-in asks; throws with the sentence that it should print. */
  readonly serveNode: (instanceId: string, request: NodeRequest) => Promise<void>;
}

const CREDENTIALS_MARGIN_MS = 300_000;

/** The instance metadata service, version 2 only: one listener per instance, which is how it knows who asks. */
export class MetadataService {
  readonly #parts: ImdsParts;
  readonly #servers = new Map<string, Server>();
  readonly #tokens = new Map<string, number>();
  readonly #credentials = new Map<string, RoleCredentials>();

  constructor(parts: ImdsParts) {
    this.#parts = parts;
  }

  /** Listens for an instance, on its port of before where it had one; answers the port. */
  async open(instance: Instance): Promise<number> {
    const known = this.#servers.get(instance.id);
    if (known !== undefined) {
      return portOf(known);
    }
    const server = createServer((request, response) => {
      void this.#serve(instance.id, request, response);
    });
    this.#servers.set(instance.id, server);
    await listen(server, instance.imdsPort ?? 0);
    return portOf(server);
  }

  /** Stops listening for an instance. */
  close(instanceId: string): void {
    const server = this.#servers.get(instanceId);
    this.#servers.delete(instanceId);
    this.#credentials.delete(instanceId);
    server?.close();
    server?.closeAllConnections();
  }

  /** Stops listening for all. */
  closeAll(): void {
    for (const id of this.#servers.keys()) {
      this.close(id);
    }
  }

  async #serve(instanceId: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const instance = this.#parts.instances.get(instanceId);
    const path = (request.url ?? '/').replace(/\?.*$/, '');
    if (instance === undefined) {
      reply(response, 404, '');
    } else if (path === '/_node' && request.method === 'POST') {
      await this.#serveNode(instanceId, request, response);
    } else if (path === '/latest/api/token') {
      this.#serveToken(request, response);
    } else if (!this.#isAuthorized(request)) {
      reply(response, 401, '');
    } else {
      const value = await this.#read(instance, path.replace(/^\/latest\//, '').replace(/\/$/, ''));
      reply(response, value === undefined ? 404 : 200, value ?? '');
    }
  }

  async #serveNode(instanceId: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const asked: NodeRequest = JSON.parse((await readBody(request)).toString('utf8'));
      await this.#parts.serveNode(instanceId, asked);
      reply(response, 200, '');
    } catch (error) {
      reply(response, 409, error instanceof Error ? error.message : String(error));
    }
  }

  #serveToken(request: IncomingMessage, response: ServerResponse): void {
    const seconds = Number(request.headers['x-aws-ec2-metadata-token-ttl-seconds']);
    if (request.method !== 'PUT' || request.headers['x-forwarded-for'] !== undefined) {
      reply(response, request.method === 'PUT' ? 403 : 405, '');
    } else if (!Number.isInteger(seconds) || seconds < 1 || seconds > 21_600) {
      reply(response, 400, '');
    } else {
      const token = randomBytes(40).toString('base64');
      this.#tokens.set(token, this.#parts.nowMs() + seconds * 1000);
      response.setHeader('x-aws-ec2-metadata-token-ttl-seconds', String(seconds));
      reply(response, 200, token);
    }
  }

  #isAuthorized(request: IncomingMessage): boolean {
    const token = request.headers['x-aws-ec2-metadata-token'];
    return typeof token === 'string' && (this.#tokens.get(token) ?? 0) > this.#parts.nowMs();
  }

  async #read(instance: Instance, path: string): Promise<string | undefined> {
    if (path === 'user-data') {
      return instance.userData;
    }
    if (path === 'dynamic/instance-identity/document') {
      return JSON.stringify(identityDocument(instance));
    }
    const tree = await this.#metadata(instance, path);
    const key = path.replace(/^meta-data\/?/, '');
    return tree[key] ?? listing(tree, key);
  }

  async #metadata(instance: Instance, path: string): Promise<Readonly<Record<string, string>>> {
    const profile =
      instance.profileArn === undefined ? undefined : await this.#parts.cloud.instanceProfile({ arn: instance.profileArn });
    const credentials = `meta-data/iam/security-credentials/${profile?.roleName}`;
    return {
      ...basicMetadata(instance),
      ...spotMetadata(instance),
      ...Object.fromEntries(Object.entries(instance.tags).filter(([key]) => !key.startsWith('aws:')).map(([key, value]) => [`tags/instance/${key}`, value])),
      ...(profile === undefined
        ? {}
        : {
            'iam/info': JSON.stringify({ Code: 'Success', InstanceProfileArn: profile.arn }),
            [`iam/security-credentials/${profile.roleName}`]:
              path === credentials ? await this.#session(instance, profile.roleArn) : '',
          }),
    };
  }

  async #session(instance: Instance, roleArn: string): Promise<string> {
    const now = this.#parts.nowMs();
    let session = this.#credentials.get(instance.id);
    if (session === undefined || session.expiresAtMs - CREDENTIALS_MARGIN_MS < now) {
      session = await this.#parts.cloud.roleCredentials(roleArn, instance.id);
      this.#credentials.set(instance.id, session);
    }
    return JSON.stringify({
      Code: 'Success',
      LastUpdated: isoTime(now),
      Type: 'AWS-HMAC',
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secretAccessKey,
      Token: session.sessionToken,
      Expiration: isoTime(session.expiresAtMs),
    });
  }
}

function basicMetadata(instance: Instance): Readonly<Record<string, string>> {
  return {
    'ami-id': instance.imageId,
    'instance-id': instance.id,
    'instance-type': instance.type,
    'instance-life-cycle': instance.market === 'spot' ? 'spot' : 'on-demand',
    'local-hostname': privateDnsName(instance),
    hostname: privateDnsName(instance),
    'local-ipv4': instance.address,
    mac: macOf(instance.address),
    'placement/availability-zone': instance.zone,
    'placement/availability-zone-id': zoneId(instance.zone),
    'placement/region': instance.region,
    'services/domain': 'amazonaws.com',
    'reservation-id': instance.reservationId,
  };
}

/** Spot notices exist only once they are given: before that they are 404, as nodes that poll expect. */
function spotMetadata({ rebalanceAtMs, reclaimAtMs }: Instance): Readonly<Record<string, string>> {
  return {
    ...(rebalanceAtMs === undefined ? {} : { 'events/recommendations/rebalance': JSON.stringify({ noticeTime: isoTime(rebalanceAtMs) }) }),
    ...(reclaimAtMs === undefined
      ? {}
      : {
          'spot/instance-action': JSON.stringify({ action: 'terminate', time: isoTime(reclaimAtMs) }),
          'spot/termination-time': isoTime(reclaimAtMs),
        }),
  };
}

function identityDocument(instance: Instance): object {
  return {
    accountId: instance.account,
    architecture: INSTANCE_TYPES.get(instance.type)?.architecture,
    availabilityZone: instance.zone,
    imageId: instance.imageId,
    instanceId: instance.id,
    instanceType: instance.type,
    pendingTime: isoTime(instance.launchedAtMs),
    privateIp: instance.address,
    region: instance.region,
    version: '2017-09-30',
  };
}

/** The names below a folder of the tree, folders with a slash; undefined where there is no such folder. */
function listing(tree: Readonly<Record<string, string>>, folder: string): string | undefined {
  const prefix = folder === '' ? '' : `${folder}/`;
  const names = new Set(
    Object.keys(tree)
      .filter((key) => key.startsWith(prefix))
      .map((key) => key.slice(prefix.length).replace(/\/.*$/, '/')),
  );
  return names.size === 0 ? undefined : [...names].sort().join('\n');
}

function isoTime(atMs: number): string {
  return new Date(Math.min(atMs, 8.64e15)).toISOString().replace(/\.\d+Z$/, 'Z');
}

function macOf(address: string): string {
  return ['0e', '00', ...address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'))].join(':');
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function reply(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/plain' }).end(body);
}
