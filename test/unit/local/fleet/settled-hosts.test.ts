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
    const hosts = settledHosts(folder, { kind: 'namespaces', base: '/srv/trixie', imageRoots: [`ami-0a=${folder}`] });
    expect(hosts).toEqual({ network: join(folder, 'network'), base: '/srv/trixie', imageRoots: { 'ami-0a': folder } });
    expect(settledHosts(folder)).toEqual(hosts);
  });

  it('takes further images, each with a root that is there', () => {
    settledHosts(folder, { kind: 'namespaces', imageRoots: [`ami-0a=${folder}`] });
    const hosts = settledHosts(folder, { imageRoots: [`ami-0b=${tmpdir()}`] });
    expect(hosts?.imageRoots).toEqual({ 'ami-0a': folder, 'ami-0b': tmpdir() });
    for (const image of [`0a=${folder}`, 'ami-0a', `ami-0a=${join(folder, 'nowhere')}`]) {
      expect(() => settledHosts(folder, { imageRoots: [image] })).toThrow('an AMI id and a folder that is there');
    }
  });

  it('has no roots of images where instances are processes', () => {
    expect(() => settledHosts(folder, { imageRoots: [`ami-0a=${folder}`] })).toThrow('--hosts namespaces');
  });

  it('is not changed under instances, nor set to what nobody knows', () => {
    settledHosts(folder);
    expect(() => settledHosts(folder, { kind: 'namespaces' })).toThrow('are processes');
    expect(() => settledHosts(folder, { kind: 'machines' })).toThrow('processes, namespaces');
  });
});
