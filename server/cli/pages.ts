const PAGE = 500;

/** A whole list a page at a time, each asked for behind the last row of the one before; none is empty. */
export async function* pagesOf<T extends { id: string }>(
  read: (page: { limit: number; after: string | undefined }) => Promise<T[]>,
): AsyncGenerator<T[]> {
  let after: string | undefined;
  for (;;) {
    const page = await read({ limit: PAGE, after });
    if (page.length > 0) yield page;
    if (page.length < PAGE) return;
    after = page.at(-1)!.id;
  }
}
