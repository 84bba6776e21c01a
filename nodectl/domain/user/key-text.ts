import { holdsPrivateKey, KEYS_MAX, parseKey, type PublicKey } from "./public-key.ts";
import { invalid, type Reading } from "./reading.ts";

/** What one source may hold: a file, standard input, or what a URL gives. */
export const KEY_TEXT_BYTES_MAX = 64 * 1024;

/**
 * The keys of an authorized_keys or .pub file, each once.
 * @param source for messages: the file or URL
 */
export function parseKeyText(text: string, source: string): Reading<readonly PublicKey[]> {
  if (holdsPrivateKey(text)) {
    return invalid(
      `${source} is a PRIVATE key, which nobody but its owner may have; give the public one (the same name with .pub), and if this one was sent to you, have a new pair made`,
    );
  }
  const keys: PublicKey[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === "" || line.trim().startsWith("#")) continue;
    const key = parseKey(line);
    if (key.kind === "invalid") return invalid(`${source}: line ${index + 1}: ${key.message}`);
    keys.push(key.value);
    if (keys.length > KEYS_MAX) return invalid(`${source} has more than ${KEYS_MAX} keys`);
  }
  if (keys.length === 0) return invalid(`${source} has no key in it`);
  return { kind: "valid", value: withoutRepeats(keys) };
}

/** The first of those that are the same but for their comment. */
export function withoutRepeats(keys: readonly PublicKey[]): readonly PublicKey[] {
  const first = new Map<string, PublicKey>();
  for (const key of keys) if (!first.has(key.fingerprint)) first.set(key.fingerprint, key);
  return [...first.values()];
}
