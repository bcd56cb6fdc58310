import { beforeEach, describe, expect, it } from '@jest/globals';
import { InternalError } from '../../../../core/errors/orchestrator-error.ts';
import { instanceId } from '../../../../core/job/ids.ts';
import type { NodeCommands } from '../../../../core/ports/node-commands.ts';
import { CommandRegistry } from '../../../../core/runtimes/command-registry.ts';
import { aDispatch, aNode } from '../../../builders/nodes.ts';

/** Notes who was called. Commands of a cloud begin with its letter. */
function noting(letter: string, calls: string[]): NodeCommands {
  return {
    online: async () => (calls.push(`${letter}.online`), new Set([instanceId(`${letter}-1`)])),
    send: async () => (calls.push(`${letter}.send`), `${letter}/1`),
    status: async () => void calls.push(`${letter}.status`),
    cancel: async () => void calls.push(`${letter}.cancel`),
  };
}

describe('a registry of commands', () => {
  const { jobId, attempt } = aDispatch();
  let calls: string[];
  let registry: CommandRegistry;

  beforeEach(() => {
    calls = [];
    const registered = (provider: string, letter: string, commands: NodeCommands) => ({
      provider, commands, ownsInstance: (id: string) => id.startsWith(`${letter}-`), ownsCommand: (id: string) => id.startsWith(`${letter}/`),
    });
    registry = new CommandRegistry([registered('aws', 'i', noting('i', calls)), registered('other', 'o', { ...noting('o', calls), endsUntold: async () => true })]);
  });

  it('asks the provider of an attempt alone whose nodes are online, and the default one where none is named', async () => {
    expect(await registry.online(jobId, attempt)).toEqual(new Set(['i-1']));
    expect(await registry.online(jobId, attempt, 'other')).toEqual(new Set(['o-1']));
    expect(calls).toEqual(['i.online', 'o.online']);
  });

  it('does not call the nodes of a provider offline that nobody is registered for', async () => {
    await expect(registry.online(jobId, attempt, 'gone')).rejects.toBeInstanceOf(InternalError);
  });

  it('sends a step to where its nodes stand', async () => {
    expect(await registry.send(aDispatch({ nodes: [aNode(0, { instanceId: instanceId('o-1') })] }))).toBe('o/1');
    expect(await registry.send(aDispatch())).toBe('i/1');
    expect(calls).toEqual(['o.send', 'i.send']);
  });

  it('sends a step that has no node left by the first, as if there were no other', async () => {
    expect(await registry.send(aDispatch({ nodes: [] }))).toBe('i/1');
  });

  it('refuses a step for nodes that nobody reaches', async () => {
    await expect(registry.send(aDispatch({ nodes: [aNode(0, { instanceId: instanceId('x-1') })] }))).rejects.toBeInstanceOf(InternalError);
    expect(calls).toEqual([]);
  });

  it('asks about a command and cancels it where it was sent', async () => {
    await registry.status('o/1');
    await registry.cancel('o/1');
    await registry.status('i/1');
    expect(calls).toEqual(['o.status', 'o.cancel', 'i.status']);
  });

  it('knows nothing of a command that nobody sent', async () => {
    expect(await registry.status('x/1')).toBeUndefined();
    await registry.cancel('x/1');
    expect(await registry.endsUntold('x/1')).toBe(false);
    expect(calls).toEqual([]);
  });

  it('waits for an event of who says nothing of it', async () => {
    expect(await registry.endsUntold('i/1')).toBe(false);
    expect(await registry.endsUntold('o/1')).toBe(true);
  });
});
