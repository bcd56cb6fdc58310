/** What one test file changes must not be seen by another. */
export const state: { readonly changedBy: string[] } = { changedBy: [] };
