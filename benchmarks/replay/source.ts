import { readFileSync } from 'node:fs';
import { loadKueue } from './kueue.ts';
import { partOf, type Load } from './load.ts';
import { loadSwf } from './swf.ts';
import { synthesize, type SyntheticName } from './synthetic.ts';

/** Where a load is from, in words that a worker can be sent. */
export type Source = { readonly from: number; readonly to: number } & (
  | { readonly kind: 'swf'; readonly file: string; readonly unit: 'cores' | 'nodes'; readonly size?: number }
  | { readonly kind: 'kueue'; readonly file: string }
  | { readonly kind: 'synthetic'; readonly name: SyntheticName; readonly seed: number }
);

/** Reads or makes a load. */
export function loadOf(source: Source): Load {
  return partOf(wholeOf(source), source.from, source.to);
}

function wholeOf(source: Source): Load {
  switch (source.kind) {
    case 'swf':
      return loadSwf(readFileSync(source.file), source.file, source);
    case 'kueue':
      return loadKueue(readFileSync(source.file, 'utf8'), source.file);
    case 'synthetic':
      return synthesize(source.name, source.seed);
  }
}
