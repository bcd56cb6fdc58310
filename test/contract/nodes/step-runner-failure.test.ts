import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { answerOf } from '../../../lambdas/adapters/ssm/invocation-answer.ts';
import { anEvent, whyOf } from '../../builders/diagnosis.ts';

const runner = fileURLToPath(new URL('../../../nodes/step_unit.py', import.meta.url));
/** On a node all files of the runner lie in one folder. */
const env = { ...process.env, PYTHONPATH: fileURLToPath(new URL('../../../nodes/telemetry', import.meta.url)), PYTHONDONTWRITEBYTECODE: '1' };
let folder: string;

beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'step-')); });
afterEach(() => rmSync(folder, { recursive: true }));

describe('a step whose runner itself fails', () => {
  it('ends, and is told apart from one that fails by itself', () => {
    writeFileSync(join(folder, 'payload.json'), '{');
    spawnSync('python3', [runner, folder], { env });
    const answer = answerOf({ InstanceId: 'i-1', Status: 'Failed', CommandPlugins: [{ Output: readFileSync(join(folder, 'report'), 'utf8'), ResponseCode: 255 }] });
    expect(answer).toMatchObject({ status: 'exited', exitCode: 255, tail: expect.stringMatching(/JSONDecodeError[^\n]*\nThe step runner failed on this node\.$/) });
    const reason = { code: 'StepFailed', message: `train exited with 255 on head-0: ${answer.tail?.slice(-600)}` };
    const history = [anEvent({ type: 'StepFinished', message: reason.message, data: { step: 'run/0', name: 'train', kind: 'failed', exitCode: 255 } })];
    expect(whyOf({ state: 'DONE', outcome: 'FAILED', reason }, { history })).toMatchObject({ cause: 'StepRunnerFailed', certainty: 'certain' });
  });
});
