import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { z } from 'zod';

const CHECKOUT = resolve(import.meta.dirname, '..', '..', '..');

const imagesSchema = z.array(
  z.strictObject({
    image: z.string(),
    /** What must be visible on instances; relative to the checkout. */
    folder: z.string(),
    path: z.string(),
    /** Empty where the image has none. */
    entrypoint: z.string(),
  }),
);

const IMAGES = imagesSchema.parse(JSON.parse(readFileSync(join(import.meta.dirname, 'images.json'), 'utf8')));

/** The folders of this machine that hold the programs of known images. */
export function imageFolders(): string[] {
  return [...new Set(IMAGES.map(({ folder }) => resolve(CHECKOUT, folder)))].filter((folder) => existsSync(folder));
}

/** The known images as the stand-in for the container engine reads them: name, search path and entry point. */
export function imageTable(): string {
  return IMAGES.map(({ image, path, entrypoint }) => `${image}\t${resolve(CHECKOUT, path)}\t${entrypoint}\n`).join('');
}
