/** A page of a listing; `cursor` is opaque, URL-safe and absent on the last page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly cursor?: string;
}
