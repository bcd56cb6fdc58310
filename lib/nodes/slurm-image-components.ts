import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnComponent } from 'aws-cdk-lib/aws-imagebuilder';
import type { Construct } from 'constructs';
import { stringify } from 'yaml';

/** Image Builder takes a document of so many characters with the template; longer ones would have to be in a bucket. */
const mostCharacters = 16_000;
const buildSeconds = 7200;
const testSeconds = 900;

/** A step of a component: a script, and the parameters of the component that it gets as variables of these names. */
interface ScriptStep {
  readonly name: string;
  readonly script: string;
  readonly variables: readonly string[];
}

interface ComponentFields {
  readonly phase: 'build' | 'test';
  readonly description: string;
  readonly steps: readonly ScriptStep[];
}

/** What the images of Slurm are made by; each script is in `nodes/slurm-image`. */
export interface SlurmImageComponents {
  /** Takes `EFA_VERSION`. */
  readonly base: CfnComponent;
  /** Takes `SLURM_VERSION`, `SLURM_URL` and `SLURM_SHA256`. */
  readonly slurm: CfnComponent;
  /** Takes `SLURM_VERSION`. */
  readonly verify: CfnComponent;
}

/** @param sourceRoot folder that has `nodes/`. */
export function slurmImageComponents(scope: Construct, deployment: string, sourceRoot: string): SlurmImageComponents {
  const read = (file: string): string => readFileSync(join(sourceRoot, 'nodes', 'slurm-image', file), 'utf8');
  const make = (id: string, fields: ComponentFields): CfnComponent => component(scope, id, deployment, fields);
  return {
    base: make('Base', {
      phase: 'build',
      description: 'What nodes use beside Slurm, and what it is built with',
      steps: [
        { name: 'InstallPackages', script: read('packages.sh'), variables: [] },
        { name: 'InstallEfa', script: read('install-efa.sh'), variables: ['EFA_VERSION'] },
      ],
    }),
    slurm: make('Slurm', {
      phase: 'build',
      description: 'munge, PMIx and Slurm from their sources',
      steps: [{ name: 'BuildSlurm', script: read('build-slurm.sh'), variables: ['SLURM_VERSION', 'SLURM_URL', 'SLURM_SHA256'] }],
    }),
    verify: make('Verify', {
      phase: 'test',
      description: 'A machine of the image runs a job of Slurm',
      steps: [{ name: 'RunJobs', script: [...nodeFiles(sourceRoot), 'export MUST_CONFINE=yes', read('verify.sh')].join('\n'), variables: ['SLURM_VERSION'] }],
    }),
  };
}

/** Shell text that puts the files by which nodes configure Slurm into a folder. */
function nodeFiles(sourceRoot: string): readonly string[] {
  const files = ['common.sh', 'machine.sh'].flatMap((file) =>
    [`cat > "$NODE_FILES/${file}" << 'END_OF_FILE'`, readFileSync(join(sourceRoot, 'nodes', 'slurm', file), 'utf8').trimEnd(), 'END_OF_FILE']);
  return ['export NODE_FILES=$(mktemp --directory)', ...files];
}

/** A component never changes: its name has a digest of its text, so that another text is another component. */
function component(scope: Construct, id: string, deployment: string, fields: ComponentFields): CfnComponent {
  const data = componentDocument(fields);
  return new CfnComponent(scope, `${id}Component`, {
    name: `${deployment}-slurm-${id.toLowerCase()}-${digest(data)}`, version: '1.0.0', platform: 'Linux', description: fields.description, data,
  });
}

function componentDocument({ phase, description, steps }: ComponentFields): string {
  const variables = [...new Set(steps.flatMap((step) => step.variables))];
  const data = stringify({
    description,
    schemaVersion: '1.0',
    ...(variables.length > 0 && { parameters: variables.map((name) => ({ [name]: { type: 'string' } })) }),
    phases: [{
      name: phase,
      steps: steps.map((step) => ({
        name: step.name,
        action: 'ExecuteBash',
        timeoutSeconds: phase === 'build' ? buildSeconds : testSeconds,
        onFailure: 'Abort',
        inputs: { commands: [command(step)] },
      })),
    }],
  }, { lineWidth: 0 });
  if (data.length > mostCharacters) throw new TypeError(`the component "${description}" has ${data.length} characters, Image Builder takes ${mostCharacters}`);
  return data;
}

/** Values of parameters are put into the text before a shell reads it; the configuration admits none that has quotes. */
function command({ name, script, variables }: ScriptStep): string {
  if (script.includes('{{')) throw new TypeError(`the script of ${name} has text that Image Builder would read as its own`);
  return [...variables.map((variable) => `export ${variable}='{{ ${variable} }}'`), script].join('\n');
}

/** Short enough for names, long enough to tell texts apart. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 10);
}
