import { jobKeys } from '../../runtime/job-keys.ts';
import { logKeys } from '../../runtime/logger.ts';
import { settleStep, type SettlePorts } from '../settle-step.ts';

/** SSM says that a command has ended. Which step it was for stands in the command itself; a stray one is ignored. */
export async function onCommandFinished(ports: SettlePorts, commandId: string): Promise<void> {
  const status = await ports.commands.status(commandId);
  if (status === undefined) return;
  logKeys({ ...jobKeys(status), step: status.step });
  const record = await ports.attempts.step(status.jobId, status.attempt, status.step);
  if (record === undefined) return;
  logKeys({ step: record.name });
  await settleStep(ports, record);
}
