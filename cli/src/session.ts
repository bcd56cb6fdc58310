import { OrchestratorClient } from '@advanced-orchestrator/sdk';
import type { JobRef } from '@advanced-orchestrator/sdk';
import type { Command } from 'commander';
import { createColors } from 'picocolors';
import { UsageError } from './usage-error.ts';
import type { Terminal } from './terminal.ts';

export type Colours = ReturnType<typeof createColors>;

/** Colours, or words as they are. */
export const coloursIf = (hasColour: boolean): Colours => createColors(hasColour);

interface GlobalOptions {
  readonly namespace?: string;
  readonly json?: boolean;
  readonly apiUrl?: string;
  readonly color: boolean;
}

/** What a command works with. */
export interface Session {
  readonly terminal: Terminal;
  readonly colours: Colours;
  /** Whether results are for programs. */
  readonly json: boolean;
  /** What `--namespace` says, else nothing. */
  readonly givenNamespace: string | undefined;
  /** @throws OrchestratorConfigurationError when it is not known where the service is. */
  client(): OrchestratorClient;
}

/** Reads the options that every command has. */
export function sessionOf(command: Command, terminal: Terminal): Session {
  const { namespace, json = false, apiUrl, color } = command.optsWithGlobals<GlobalOptions>();
  let client: OrchestratorClient | undefined;
  return {
    terminal,
    colours: coloursIf(color && terminal.hasColour && !json),
    json,
    givenNamespace: namespace,
    client: () => {
      const { environment, wait } = terminal;
      client ??= new OrchestratorClient({ environment, wait, ...(apiUrl === undefined ? {} : { endpoint: apiUrl }) });
      return client;
    },
  };
}

/** @throws UsageError when neither an option nor the environment names a namespace. */
export function namespaceOf({ givenNamespace, terminal }: Session): string {
  const namespace = givenNamespace ?? terminal.environment['ORCH_NAMESPACE'];
  if (namespace === undefined || namespace === '') throw new UsageError('no namespace is named: add -n NAMESPACE, or set ORCH_NAMESPACE');
  return namespace;
}

/**
 * Reads `JOB` or `NAMESPACE/JOB`, as `submit` prints it.
 *
 * @throws UsageError when it is neither.
 */
export function jobRef(session: Session, text: string): JobRef {
  const [jobId = '', namespace, ...rest] = text.split('/').toReversed();
  if (!/^[0-9a-z]{26}$/i.test(jobId) || namespace === '' || rest.length > 0) {
    throw new UsageError(`${JSON.stringify(text)} is no job: it must be JOB, an id of 26 letters and digits, or NAMESPACE/JOB; "orch list" has them`);
  }
  return { namespace: namespace ?? namespaceOf(session), jobId: jobId.toLowerCase() };
}
