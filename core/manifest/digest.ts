import { canonicalJson } from './canonical.ts';
import type { Manifest } from './schema.ts';

/**
 * What a manifest version is known by: the digest of its canonical JSON. Manifests that mean the same,
 * with defaults written out or not and keys in any order, have the same digest.
 * @param sha256 SHA-256 of a text's UTF-8 bytes, in the encoding that the digest is to have.
 */
export function manifestDigest<Digest extends string>(manifest: Manifest, sha256: (text: string) => Digest): Digest {
  return sha256(canonicalJson(manifest));
}
