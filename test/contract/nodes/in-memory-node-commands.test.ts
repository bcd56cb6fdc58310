import type { JobId } from '../../../core/job/ids.ts';
import { unitName } from '../../../core/runtimes/node-step.ts';
import { aNode } from '../../builders/nodes.ts';
import { InMemoryNodeCommands } from '../../fakes/in-memory-node-commands.ts';
import { describeNodeCommands } from './node-commands.contract.ts';
import type { NodesWorld } from './world.ts';

const PLAIN = /^echo (\w+); exit (\d+)$/;
const HELD = /^held (\w+) (\d+)$/;

describeNodeCommands('in memory', async (): Promise<NodesWorld> => {
  const commands = new InMemoryNodeCommands();
  const held = new Map<string, { readonly unit: string; readonly text: string; readonly exitCode: number }>();
  commands.endOf = ({ jobId, attempt, step }, node) => {
    const script = step.action.kind === 'script' ? step.action.script : '';
    const [, text = '', code = '0'] = PLAIN.exec(script) ?? HELD.exec(script) ?? [];
    if (PLAIN.test(script)) return { status: 'exited', exitCode: Number(code), tail: text };
    held.set(node.instanceId, { unit: unitName(jobId, attempt, step.phase, step.index), text, exitCode: Number(code) });
    return { status: 'running' };
  };
  return {
    commands,
    tellsTimes: false,
    start: async (_job: JobId, count) => Array.from({ length: count }, (_, rank) => aNode(rank)),
    awaitOnline: async (job, instances) => commands.setOnline(job, 1, instances),
    heldScript: (text, exitCode) => `held ${text} ${exitCode}`,
    letGo: async (node) => {
      const last = held.get(node.instanceId);
      if (last !== undefined) commands.end(node, last.unit, { status: 'exited', exitCode: last.exitCode, tail: last.text });
    },
    close: async () => undefined,
  };
});
