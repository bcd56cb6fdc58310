/** A version of a document; its time is wall milliseconds. */
export interface DocumentVersion {
  readonly version: string;
  readonly content: string;
  readonly format: string;
  readonly createdAtMs: number;
}

/** A Command document and its versions. */
export interface DocumentRecord {
  readonly name: string;
  readonly account: string;
  readonly targetType?: string | undefined;
  readonly defaultVersion: string;
  readonly versions: readonly DocumentVersion[];
}
