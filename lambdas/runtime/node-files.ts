import * as z from 'zod';
import { nodeFiles, type ReadNodeFile } from '../../core/ports/node-files.ts';
import { ConfigurationError } from '../../core/errors/orchestrator-error.ts';

/**
 * Reads files of `nodes/` from what the bundler put in the place of `process.env['ORCH_NODE_FILES']`.
 *
 * @throws ConfigurationError for a file that is not there.
 */
export function loadNodeFiles(text = process.env['ORCH_NODE_FILES'] ?? '{}'): ReadNodeFile {
  const texts = z.partialRecord(z.enum(nodeFiles), z.string()).parse(JSON.parse(text));
  return (file) => {
    const found = texts[file];
    if (found === undefined) throw new ConfigurationError(`The function was bundled without the file nodes/${file}.`, { file });
    return found;
  };
}
