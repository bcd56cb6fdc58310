import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { manifestJsonSchema } from '../../../../core/manifest/json-schema.ts';
import { manifestReference } from '../../../../core/manifest/reference.ts';

const docs = path.resolve(import.meta.dirname, '../../../../docs');
const read = (name: string): string => readFileSync(path.join(docs, name), 'utf8');

describe('generated documents are those of the schema (npm run docs)', () => {
  it('manifest.schema.json', () => {
    expect(JSON.parse(read('manifest.schema.json'))).toEqual(manifestJsonSchema());
  });

  it('manifest.md', () => {
    expect(read('manifest.md')).toBe(manifestReference(manifestJsonSchema()));
  });
});

describe('the JSON Schema', () => {
  it('is of draft 2020-12, closed, and speaks of what is written', () => {
    const schema = manifestJsonSchema();
    expect(schema).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema', additionalProperties: false });
    expect(schema.properties?.['spec']?.properties?.['nodePools']?.items?.properties).toHaveProperty('instanceType');
  });

  it('describes every field', () => {
    const rows = manifestReference(manifestJsonSchema()).split('\n').filter((line) => line.startsWith('| `'));
    expect(rows.length).toBeGreaterThan(40);
    expect(rows.filter((row) => row.endsWith('|  |'))).toEqual([]);
  });
});
