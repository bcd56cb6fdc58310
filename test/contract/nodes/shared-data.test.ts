import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { jobId } from '../../../core/job/ids.ts';
import type { Node } from '../../../core/job/job.ts';
import { parseManifest } from '../../../core/manifest/parse.ts';
import type { CommandStatus } from '../../../core/ports/node-commands.ts';
import { noneRuntime } from '../../../core/runtimes/none-runtime.ts';
import type { NodeStep } from '../../../core/runtimes/node-step.ts';
import { stepsOf } from '../../../core/runtimes/steps.ts';
import { aManifestText } from '../../builders/manifest.ts';
import { aDispatch, aStep } from '../../builders/nodes.ts';
import { openFleetNodes } from './fleet-nodes.ts';
import { statusWhen, type NodesWorld } from './world.ts';

jest.setTimeout(60_000);

/** What nodes boot by. The agent is quicker than they are: they have a step before their user data has come to the instance store. */
const userData = `#!/bin/bash
until ls /var/lib/orchestrator/steps/*/started > /dev/null 2>&1; do sleep 0.05; done
mkdir -p /run/orchestrator
echo 'this boot was slow' > /run/orchestrator/boot-problems
${readFileSync(join(import.meta.dirname, '../../../nodes/bootstrap.sh'), 'utf8')}`;

describe('a folder that all nodes share', () => {
  const job = jobId('01hjob0000000000000000000b');
  let world: NodesWorld;
  let nodes: readonly Node[];

  beforeAll(async () => {
    world = await openFleetNodes(userData);
    nodes = await world.start(job, 3);
    await world.awaitOnline(job, nodes.map(({ instanceId }) => instanceId));
  });
  afterAll(() => world.close());

  const run = async (step: NodeStep): Promise<CommandStatus> => {
    const commandId = await world.commands.send(aDispatch({ jobId: job, nodes, step }));
    return statusWhen(world.commands, commandId, ({ over }) => over);
  };
  const script = (index: number, text: string): Promise<CommandStatus> => run(aStep({ index, action: { kind: 'script', script: text } }));

  it('is made by the step that prepares the nodes, when they have booted, and seen by all of them', async () => {
    const parsed = parseManifest(aManifestText());
    if (!parsed.ok) throw new Error('not a manifest');
    const [prepare] = stepsOf('configure', { manifest: parsed.manifest, runtime: noneRuntime, imageAliases: {} });
    if (prepare === undefined) throw new Error('nothing prepares the nodes');
    expect((await run(prepare)).answers.map(({ exitCode, tail }) => [exitCode, tail])).toEqual(Array.from({ length: 3 }, () => [0, '[orchestrator: this boot was slow]']));
    await script(1, 'echo "$ORCH_RANK" > "$ORCH_RESULTS_DIR/from-$ORCH_RANK"');
    const seen = await script(2, 'ls /data/results | xargs');
    expect(seen.answers.map(({ tail }) => tail)).toEqual(Array.from({ length: 3 }, () => 'from-0 from-1 from-2'));
  });
});
