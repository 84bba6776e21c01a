import { invalidParameter } from "./api-error.ts";
import type { CloudSettings } from "./cloud-settings.ts";
import type { Answer } from "./operation.ts";

/** Where an item stands in its list: lists are sorted by key, then by sequence. */
export interface Position {
  readonly key: string;
  readonly sequence: number;
}

/** An item with its place and its JSON, which is made only when the item is on the page. */
export interface ListItem {
  readonly position: Position;
  json(): string;
}

export const PAGE_QUERY: readonly string[] = ["limit", "page"];

/** Of the lists that can be sorted. */
export const SORT_QUERY: readonly string[] = ["sortBy", "sortOrder"];

/** OCI's largest limit (API reference of the list operations). */
const LIMIT_MAX = 1000;

interface Cursor {
  /** The last item of the previous page; undefined at the start. */
  readonly after: Position | undefined;
  readonly pageNumber: number;
}

/**
 * One page of a sorted list. A page may be shorter than the limit, or empty, and still have a next one: OCI allows
 * itself both, so the settings can ask for them. A cursor is a place, not a snapshot.
 */
export function pageAnswer(
  items: readonly ListItem[],
  direction: 1 | -1,
  query: ReadonlyMap<string, string>,
  settings: CloudSettings,
): Answer {
  const cursor = readCursor(query.get("page"));
  const size = Math.min(readLimit(query.get("limit")), settings.pageSizeMax);
  const isEmptyTurn = settings.emptyPages && cursor.pageNumber % 2 === 0;
  const { after } = cursor;
  const rest =
    after === undefined
      ? items
      : items.filter((item) => comparePositions(item.position, after) * direction > 0);
  const page = isEmptyTurn ? [] : rest.slice(0, size);
  const json = `[${page.map((item) => item.json()).join(",")}]`;
  if (page.length === rest.length) return { status: 200, json };
  const next = { after: page.at(-1)?.position ?? after, pageNumber: cursor.pageNumber + 1 };
  return { status: 200, json, headers: { "opc-next-page": writeCursor(next) } };
}

function comparePositions(left: Position, right: Position): number {
  if (left.key !== right.key) return left.key < right.key ? -1 : 1;
  return left.sequence - right.sequence;
}

/** An item of a list that its caller may have sorted. */
export interface SortableItem {
  readonly displayName: string;
  /** The order of creation. */
  readonly sequence: number;
  json(): string;
}

/**
 * One page of a list that takes sortBy and sortOrder: newest first unless told otherwise, names ascending (API reference
 * of ListInstances). The items come in the order of creation.
 */
export function sortedPageAnswer(
  sortable: readonly SortableItem[],
  query: ReadonlyMap<string, string>,
  settings: CloudSettings,
): Answer {
  const isByName = readChoice(query, "sortBy", ["TIMECREATED", "DISPLAYNAME"]) === "DISPLAYNAME";
  const defaultOrder = isByName ? "ASC" : "DESC";
  const sortOrder = readChoice(query, "sortOrder", ["ASC", "DESC"]) ?? defaultOrder;
  const direction = sortOrder === "ASC" ? 1 : -1;
  const items = sortable.map((item) => ({
    position: { key: isByName ? item.displayName : "", sequence: item.sequence },
    json: () => item.json(),
  }));
  if (isByName) {
    items.sort((left, right) => comparePositions(left.position, right.position) * direction);
  } else if (direction === -1) {
    items.reverse();
  }
  return pageAnswer(items, direction, query, settings);
}

/** For lists whose order is fixed. */
export function listItems<Item>(
  items: readonly Item[],
  toJson: (item: Item) => string,
): readonly ListItem[] {
  return items.map((item, index) => ({
    position: { key: "", sequence: index },
    json: () => toJson(item),
  }));
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return LIMIT_MAX;
  const limit = Number(text);
  if (!/^\d+$/.test(text) || limit < 1 || limit > LIMIT_MAX) {
    throw invalidParameter(`limit ${text} is not valid: it must be between 1 and ${LIMIT_MAX}`);
  }
  return limit;
}

function writeCursor({ after, pageNumber }: Cursor): string {
  const place = after === undefined ? [] : [after.key, after.sequence];
  return Buffer.from(JSON.stringify([pageNumber, ...place])).toString("base64url");
}

function readCursor(text: string | undefined): Cursor {
  if (text === undefined) return { after: undefined, pageNumber: 0 };
  const parts = parseCursor(text);
  const [pageNumber, key, sequence] = parts;
  if (typeof pageNumber !== "number") throw invalidParameter(`page ${text} is not valid`);
  if (parts.length === 1) return { after: undefined, pageNumber };
  if (typeof key !== "string" || typeof sequence !== "number") {
    throw invalidParameter(`page ${text} is not valid`);
  }
  return { after: { key, sequence }, pageNumber };
}

function parseCursor(text: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, "base64url").toString());
    if (Array.isArray(parts)) return parts;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw invalidParameter(`page ${text} is not valid`);
}

function readChoice<Choice extends string>(
  query: ReadonlyMap<string, string>,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const text = query.get(name);
  if (text === undefined) return undefined;
  const choice = choices.find((one) => one === text);
  if (choice === undefined) throw invalidParameter(`${name} ${text} is not valid`);
  return choice;
}
