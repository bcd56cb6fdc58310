import { describe, expect, it } from '@jest/globals';
import { DependencyThrottledError } from '../../../core/errors/orchestrator-error.ts';
import { instanceId } from '../../../core/job/ids.ts';
import { onInstanceNotice } from '../../../lambdas/lifecycle/on-instance-event/on-instance-event.ts';
import { InMemoryWorld } from '../../statemachines/in-memory-world.ts';

describe('when EC2 asks for patience while many machines end', () => {
  const id = instanceId('i-0123456789abcdef0');

  function throttled(error: Error) {
    const warnings: string[] = [];
    const ports = {
      ...new InMemoryWorld().ports,
      capacity: { find: async () => { throw error; } },
      log: { warn: (message: string) => void warnings.push(message) },
    };
    return { ports, warnings };
  }

  it('leaves the end of one to the reconciler, and says so', async () => {
    const { ports, warnings } = throttled(new DependencyThrottledError('too many calls'));
    await onInstanceNotice(ports, { instanceId: id, kind: 'gone' });
    expect(warnings).toEqual([expect.stringContaining('left to the reconciler')]);
  });

  it('tries again for a notice, of which nobody else tells', async () => {
    const { ports } = throttled(new DependencyThrottledError('too many calls'));
    await expect(onInstanceNotice(ports, { instanceId: id, kind: 'interruption' })).rejects.toThrow('too many calls');
  });

  it('fails for whatever else goes wrong', async () => {
    const { ports } = throttled(new Error('no route'));
    await expect(onInstanceNotice(ports, { instanceId: id, kind: 'gone' })).rejects.toThrow('no route');
  });
});
