import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

/**
 * The interpreter that the tests' Python packages are installed for: `.local/venv`'s, or that of the environment's
 * `ORCH_TEST_VENV`. Throws where it has not the packages.
 *
 * @param module what the caller is going to import
 */
export function pythonWith(module: string): string {
  const python = resolve(process.env['ORCH_TEST_VENV'] ?? '.local/venv', 'bin/python');
  const { status } = spawnSync(python, ['-c', `import importlib.util, sys; sys.exit(importlib.util.find_spec("${module}") is None)`]);
  if (status !== 0) throw new Error(`There is no ${python} with ${module}: run "npm test" once, or install test/requirements.txt into ORCH_TEST_VENV.`);
  return python;
}
