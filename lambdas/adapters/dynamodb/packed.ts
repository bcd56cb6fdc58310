import { deflateRawSync, inflateRawSync } from 'node:zlib';

/**
 * A transformer of dynamodb-toolbox that stores a value as deflated JSON. DynamoDB charges by the started KiB: the
 * nodes of a gang, launch answers and manifests repeat themselves and shrink to a tenth.
 */
export const packed = <T>() => ({
  encode: (value: T): Uint8Array => deflateRawSync(JSON.stringify(value)),
  decode: (stored: Uint8Array): T => {
    const value: T = JSON.parse(inflateRawSync(stored).toString('utf8'));
    return value;
  },
});
