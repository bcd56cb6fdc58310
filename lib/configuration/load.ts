import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { deploymentConfiguration, type DeploymentConfiguration } from './schema.ts';

const defaultFile = 'deployment.json';

/**
 * Reads the configuration of a deployment.
 *
 * @param path of the JSON file; when left out, `deployment.json` if there is one, else all defaults.
 * @param region of the AWS profile, for a file that names none.
 * @throws with every problem of the file, one a line.
 */
export function readConfiguration(path: string | undefined, region: string | undefined): DeploymentConfiguration {
  if (path === undefined && !existsSync(defaultFile)) return parseConfiguration({}, 'the defaults', region);
  const file = path ?? defaultFile;
  return parseConfiguration(readJson(file), file, region);
}

/** Checks a configuration and fills in the defaults; `source` says in errors where it came from. */
export function parseConfiguration(value: unknown, source: string, region: string | undefined): DeploymentConfiguration {
  const result = deploymentConfiguration.safeParse(value);
  if (!result.success) throw new Error(`${source} is not a valid configuration:\n${z.prettifyError(result.error)}`);
  const served = result.data.region ?? region;
  if (served === undefined) throw new Error(`${source} names no region, and neither does the AWS profile: set "region".`);
  return { ...result.data, region: served };
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`The configuration ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
