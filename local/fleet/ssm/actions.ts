import type { FleetContext } from '../context.ts';
import type { Caller } from '../http/caller.ts';
import { cancelCommand, getCommandInvocation, listCommandInvocations, listCommands } from './command-queries.ts';
import {
  createDocument,
  deleteDocument,
  describeDocument,
  getDocument,
  updateDocument,
  updateDocumentDefaultVersion,
} from './documents.ts';
import { describeInstanceInformation } from './instance-information.ts';
import { sendCommand } from './send-command.ts';

/** An action of a JSON service that the fleet simulates. */
export type JsonAction = (input: unknown, caller: Caller, context: FleetContext) => Promise<object>;

/** The simulated actions of SSM; the rest of the cloud serves the others. */
export const SSM_ACTIONS: Readonly<Record<string, JsonAction>> = {
  SendCommand: sendCommand,
  ListCommands: listCommands,
  ListCommandInvocations: listCommandInvocations,
  GetCommandInvocation: getCommandInvocation,
  CancelCommand: cancelCommand,
  DescribeInstanceInformation: describeInstanceInformation,
  CreateDocument: createDocument,
  UpdateDocument: updateDocument,
  UpdateDocumentDefaultVersion: updateDocumentDefaultVersion,
  DescribeDocument: describeDocument,
  GetDocument: getDocument,
  DeleteDocument: deleteDocument,
};
