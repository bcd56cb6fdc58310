import type { JsonSchema } from '../manifest/json-schema.ts';
import { fieldTable } from '../manifest/reference.ts';
import { quotaKeys } from './quota-keys.ts';

/** The reference of all fields of a share document as a Markdown document, from its JSON Schema. */
export function sharesReference(schema: JsonSchema): string {
  return [
    '# Reference of share documents',
    '',
    '<!-- Written by `npm run docs` from core/shares/schema.ts; change it there. -->',
    '',
    'What they mean: [shares](shares.md). A share document is YAML or JSON of at most 256 KiB, and unknown keys are errors. Editors',
    'complete and check it with [shares.schema.json](shares.schema.json): begin the file with',
    '`# yaml-language-server: $schema=<its path>`. `[]` stands for each item of a list.',
    '',
    ...fieldTable(schema),
    '',
    `Quotas: ${quotaKeys.map((key) => `\`${key}\``).join(', ')}.`,
    '',
  ].join('\n');
}
