/** Files of `nodes/` that the step document carries to the nodes: the shell part first, then what the unit runs. */
const stepDocumentFiles = [
  'run-step.sh',
  'step_unit.py',
  'step_process.py',
  'machine_boot.py',
  'step_identity.py',
  'step_output.py',
  'log_account.py',
  'job_logs.py',
  'instance.py',
  'containers.py',
  'telemetry/collector.py',
  'telemetry/agent_config.py',
] as const;

export type StepDocumentFile = (typeof stepDocumentFiles)[number];

/** Longest time that SSM lets a command run: 48 hours. */
const MAX_EXECUTION_SECONDS = 172_800;

/** Largest content that SSM takes for a document, in bytes. */
const MAX_DOCUMENT_BYTES = 64 * 1024;
const FILE_END = 'END_OF_FILE';

/**
 * Content of the SSM Command document that runs a step (schema 2.2): all `stepDocumentFiles` in one shell script.
 * `read` answers the text of a file of `nodes/`. The content knows nothing of a deployment, so that a version of
 * the document is a version of these files. Throws `TypeError` for a file that cannot be carried.
 */
export function stepDocumentContent(read: (file: StepDocumentFile) => string): Readonly<Record<string, unknown>> {
  const content = {
    schemaVersion: '2.2',
    description: 'Runs a step of a job as a systemd unit, or attaches to it, and answers with its exit code.',
    parameters: {
      Unit: { type: 'String', description: 'Name of the unit.', allowedPattern: '^orch-[A-Za-z0-9-]{1,120}$' },
      // Nothing that a shell reads inside single quotes, and nothing that SSM reads as a parameter.
      StepUrl: { type: 'String', description: 'Presigned URL of the step.', allowedPattern: '^https?://[A-Za-z0-9._~:/?&=%+@,;!*-]+$' },
      ExecutionTimeout: {
        type: 'String',
        description: 'Seconds after which SSM gives up on the command; the unit goes on.',
        default: String(MAX_EXECUTION_SECONDS),
        allowedPattern: '^[1-9][0-9]{0,5}$',
      },
    },
    mainSteps: [
      {
        action: 'aws:runShellScript',
        name: 'runStep',
        precondition: { StringEquals: ['platformType', 'Linux'] },
        inputs: { timeoutSeconds: '{{ ExecutionTimeout }}', runCommand: script(read) },
      },
    ],
  };
  // CloudFormation hands it on with spaces between its parts.
  const bytes = new TextEncoder().encode(JSON.stringify(content, null, 1).replaceAll(/\n */g, ' ')).length;
  if (bytes > MAX_DOCUMENT_BYTES) throw new TypeError(`the step document has ${bytes} bytes, SSM takes ${MAX_DOCUMENT_BYTES}`);
  return content;
}

function script(read: (file: StepDocumentFile) => string): readonly string[] {
  const python = stepDocumentFiles.filter((name) => name.endsWith('.py'));
  return [
    'write_runner() {',
    ...python.flatMap((name) => [`cat > "$1/${baseName(name)}" <<'${FILE_END}'`, ...linesOf(name, read(name)).filter(isCode).map(narrow), FILE_END]),
    '}',
    "set -- '{{ Unit }}' '{{ StepUrl }}'",
    ...linesOf('run-step.sh', read('run-step.sh')),
  ];
}

const baseName = (name: StepDocumentFile): string => name.slice(name.lastIndexOf('/') + 1);

/** What is for readers stays here: comments, docstrings of one line, but for one that is all there is of a class, and empty lines. */
function isCode(line: string, at: number, lines: readonly string[]): boolean {
  if (/^ *(#|$)/.test(line)) return false;
  const next = lines.slice(at + 1).find((each) => each !== '') ?? '';
  return !/^ *""".*"""$/.test(line) || indentation(next) < indentation(line);
}

const indentation = (line: string): number => line.length - line.trimStart().length;

/** Four spaces of an indentation as one: they are a tenth of what SSM takes. No string of these files runs over lines but the first. */
function narrow(line: string): string {
  return line.replace(/^(?: {4})+/, (spaces) => ' '.repeat(spaces.length / 4));
}

function linesOf(name: StepDocumentFile, text: string): readonly string[] {
  const lines = text.trimEnd().split('\n');
  if (lines.includes(FILE_END) || text.includes('{{')) throw new TypeError(`${name} has text that SSM or the shell would read as its own`);
  return lines;
}
