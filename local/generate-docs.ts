/** `npm run docs`: all that is generated, that of the product and the page of the drill, which the product knows nothing of. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drillReference } from './drill/reference.ts';
import { repositoryRoot } from './paths.ts';

await import('../bin/generate-docs.ts');
await writeFile(join(repositoryRoot, 'docs', 'drill.md'), drillReference());
