import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import imagesJson from './images.json' with { type: 'json' };

const CHECKOUT = resolve(import.meta.dirname, '..', '..', '..');

/** The folders of this machine that hold the programs of known images. */
export function imageFolders(): string[] {
  return [...new Set(imagesJson.map(({ folder }) => resolve(CHECKOUT, folder)))].filter(existsSync);
}
