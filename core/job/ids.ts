declare const brand: unique symbol;

/** A string or number that cannot be mistaken for another of the same shape. */
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** Lower-case ULID: sorts by submission time. */
export type JobId = Brand<string, 'JobId'>;
/** EC2 instance id, `i-…`. */
export type InstanceId = Brand<string, 'InstanceId'>;
/** Milliseconds since the epoch. */
export type EpochMs = Brand<number, 'EpochMs'>;
/** Millionths of a US dollar, an integer: amounts of money are never fractions. */
export type MicroUsd = Brand<number, 'MicroUsd'>;
/** SHA-256 in lower-case hex of a manifest's canonical JSON. */
export type Digest = Brand<string, 'Digest'>;

export const jobId = (value: string): JobId => value as JobId;
export const instanceId = (value: string): InstanceId => value as InstanceId;
export const epochMs = (value: number): EpochMs => value as EpochMs;
export const microUsd = (value: number): MicroUsd => value as MicroUsd;
export const digest = (value: string): Digest => value as Digest;

/** ISO 8601 in UTC with milliseconds, as the API shows times. */
export const isoTime = (ms: EpochMs): string => new Date(ms).toISOString();
