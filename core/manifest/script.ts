import { scriptText } from './fields.ts';
import type { ManifestProblem } from './problems.ts';
import type { Manifest } from './schema.ts';
import { MAX_STEP_TIMEOUT_SECONDS } from './steps.ts';

/** A manifest that runs a script, or why the script cannot be taken. */
export type ManifestWithScript =
  | { readonly ok: true; readonly manifest: Manifest }
  | { readonly ok: false; readonly problems: readonly ManifestProblem[] };

/**
 * Adds the script that was submitted beside a manifest as the last step of `onRun`. It is called `script`,
 * with a number behind where the manifest has a step of that name. The manifest given is left as it is.
 */
export function withScript(manifest: Manifest, script: string): ManifestWithScript {
  const problem = checkScript(script);
  if (problem !== undefined) return { ok: false, problems: [problem] };
  const { hooks } = manifest.spec;
  const step = {
    kind: 'script' as const,
    name: freeName(hooks.onRun.map(({ name }) => name)),
    script,
    timeoutSeconds: MAX_STEP_TIMEOUT_SECONDS,
    env: {},
  };
  return { ok: true, manifest: { ...manifest, spec: { ...manifest.spec, hooks: { ...hooks, onRun: [...hooks.onRun, step] } } } };
}

function checkScript(script: string): ManifestProblem | undefined {
  if (script.includes('\0') || !script.isWellFormed()) {
    return { code: 'invalid-encoding', path: 'script', message: 'must be text: it has characters that no script has' };
  }
  const checked = scriptText().safeParse(script);
  const issue = checked.error?.issues[0];
  if (issue === undefined) return undefined;
  const isTooLong = issue.code === 'custom' && issue.params?.['code'] === 'out-of-range';
  return { code: isTooLong ? 'out-of-range' : 'invalid-value', path: 'script', message: issue.message };
}

function freeName(taken: readonly string[]): string {
  let name = 'script';
  for (let number = 2; taken.includes(name); number += 1) name = `script-${number}`;
  return name;
}
