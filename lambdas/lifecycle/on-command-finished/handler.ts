import * as z from 'zod';
import { stepPorts } from '../../composition/step-ports.ts';
import { eventHandler } from '../../runtime/event-handler.ts';
import { onCommandFinished } from './on-command-finished.ts';

const schema = z.object({ detail: z.object({ 'command-id': z.string().min(1) }) });

export const handler = eventHandler({
  schema,
  run: (event) => onCommandFinished(stepPorts, event.detail['command-id']),
});
