import type { Page } from './types.ts';

/** All entries of a listing, page after page; a page is asked for when it is needed. */
export async function* itemsOf<Item>(fetchPage: (cursor: string | undefined) => Promise<Page<Item>>): AsyncGenerator<Item, void> {
  let cursor: string | undefined;
  do {
    const page = await fetchPage(cursor);
    yield* page.items;
    cursor = page.cursor;
  } while (cursor !== undefined);
}
