import { callOci, type RetryPolicy } from "./retry.ts";

/** As the SDK's clients answer. */
interface Page<Item> {
  readonly items: readonly Item[];
  readonly opcNextPage: string | null | undefined;
}

/** OCI's largest page for the lists that we use. */
const PAGE_SIZE = 1000;
/** A million records: a list that does not end by then repeats itself. */
const PAGES_MAX = 1000;

/**
 * Reads a list to its end. A page may be short or empty and still be followed by another: only the absence of
 * opc-next-page ends a list.
 * @throws OciCallError when a page cannot be had; Error when the list does not end
 */
export async function listAllPages<Item>(
  operation: string,
  policy: RetryPolicy,
  readPage: (page: { limit: number; page?: string }) => Promise<Page<Item>>,
): Promise<Item[]> {
  const all: Item[] = [];
  let next: string | undefined;
  for (let count = 0; count < PAGES_MAX; count++) {
    const token = next;
    const { items, opcNextPage } = await callOci(operation, policy, () =>
      readPage({ limit: PAGE_SIZE, ...(token !== undefined && { page: token }) }),
    );
    all.push(...items);
    // The SDK gives null or an empty text when the header is absent.
    if (!opcNextPage) return all;
    next = opcNextPage;
  }
  throw new Error(`${operation} did not end after ${PAGES_MAX} pages`);
}
