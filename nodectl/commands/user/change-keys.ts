import { missingKeys } from "../../domain/user/decide-add.ts";
import { formatKey, KEYS_MAX, parseKey, type PublicKey } from "../../domain/user/public-key.ts";
import type { DirectoryUser } from "../../domain/user/user-entry.ts";
import { isRefusal, refusalText } from "./expected-error.ts";
import type { UserContext } from "./user-context.ts";

export interface KeyChange {
  readonly name: string;
  readonly added: readonly PublicKey[];
  /** Fingerprints or comments. */
  readonly removed: readonly string[];
}

/** A key as it stands in the directory. */
export interface StoredKey {
  /** The line. */
  readonly line: string;
  /** Absent when the line is no key that we know. */
  readonly key: PublicKey | undefined;
}

export type KeysOutcome =
  | { readonly kind: "unknown"; readonly known: readonly string[] }
  | { readonly kind: "refused"; readonly message: string }
  /** Nothing was changed. */
  | { readonly kind: "failed"; readonly message: string }
  | {
      readonly kind: "done";
      /** What the user has now. */
      readonly keys: readonly StoredKey[];
      readonly added: readonly PublicKey[];
      readonly removed: readonly StoredKey[];
      /** Whatever the keys, nobody logs in. */
      readonly isLocked: boolean;
      /** The file in the user's home whose keys log in as well. */
      readonly ownKeys: string | undefined;
    };

/** Changes a user's keys, all or none, or only lists them; what is already as wanted is left alone. */
export async function changeKeys(context: UserContext, change: KeyChange): Promise<KeysOutcome> {
  const { directory, homes } = context;
  const { name } = change;
  try {
    const users = await directory.listUsers();
    const user = users.find((it) => it.name === name);
    if (user === undefined) return { kind: "unknown", known: users.map((it) => it.name) };
    const wanted = decideKeys(user, change);
    if (wanted.kind === "refused") return wanted;
    const { stored, added, removed } = wanted;
    const ownKeys = await homes.ownKeysOf(name);
    if (added.length + removed.length > 0) await make(context, name, wanted);
    const left = stored.filter((it) => !removed.includes(it));
    return {
      kind: "done",
      keys: [...left, ...added.map((key) => ({ line: formatKey(key), key }))],
      ...{ added, removed, isLocked: user.isLocked, ownKeys },
    };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { kind: "failed", message: refusalText(error) };
  }
}

interface Wanted {
  readonly kind: "wanted";
  readonly stored: readonly StoredKey[];
  readonly added: readonly PublicKey[];
  readonly removed: readonly StoredKey[];
}

function decideKeys(
  user: DirectoryUser,
  { name, added: asked, removed: words }: KeyChange,
): Wanted | Extract<KeysOutcome, { kind: "refused" }> {
  const stored = user.keys.map(toStored);
  const added = missingKeys(user, asked);
  // A fingerprint and a comment may mean the same key.
  const removed = new Set<StoredKey>();
  for (const word of words) {
    const found = stored.filter((it) => isMeant(it, word));
    const message = problemOf(name, word, found);
    if (message !== undefined) return { kind: "refused", message };
    for (const it of found) removed.add(it);
  }
  const count = stored.length + added.length - removed.size;
  if (count <= KEYS_MAX) return { kind: "wanted", stored, added, removed: [...removed] };
  const message = `${name} would have ${count} keys, and ${KEYS_MAX} are allowed`;
  return { kind: "refused", message };
}

async function make(
  { directory, followers, log }: UserContext,
  name: string,
  { added, removed }: Wanted,
): Promise<void> {
  await directory.changeUser(name, {
    addedKeys: added.map(formatKey),
    removedKeys: removed.map(({ line }) => line),
  });
  await followers.forget(name);
  await followers.saveDirectory();
  const count = added.length + removed.length;
  log.info("changed a user's keys", { action: "keys", reason: name, count });
}

function toStored(line: string): StoredKey {
  const key = parseKey(line);
  return { line, key: key.kind === "valid" ? key.value : undefined };
}

function isMeant({ line, key }: StoredKey, word: string): boolean {
  if (key === undefined) return line === word;
  return [key.fingerprint, key.fingerprint.replace(/^SHA256:/, ""), key.comment].includes(word);
}

function problemOf(name: string, word: string, found: readonly StoredKey[]): string | undefined {
  if (found.length === 1) return undefined;
  const shown = JSON.stringify(word.slice(0, 80));
  return found.length === 0
    ? `${name} has no key with the fingerprint or comment ${shown}; 'citc user keys ${name}' shows them`
    : `${found.length} keys of ${name} have the comment ${shown}; give the fingerprint`;
}
