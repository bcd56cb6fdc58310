import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { settledHosts } from '../../../../local/fleet/instances/settled-hosts.ts';

describe('what the instances of a state folder are', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'settled-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is processes unless hosts are asked for', () => {
    expect(settledHosts(folder)).toBeUndefined();
  });

  it('stays as it began for whoever comes back and asks for nothing', () => {
    const hosts = settledHosts(folder, 'namespaces', '/srv/trixie');
    expect(hosts).toEqual({ network: join(folder, 'network'), base: '/srv/trixie' });
    expect(settledHosts(folder)).toEqual(hosts);
  });

  it('is not changed under instances, nor set to what nobody knows', () => {
    settledHosts(folder);
    expect(() => settledHosts(folder, 'namespaces')).toThrow('are processes');
    expect(() => settledHosts(folder, 'machines')).toThrow('processes, namespaces');
  });
});
