import { shortened } from "../domain/problem.ts";
import type { Checked } from "../domain/result.ts";
import { KEY_TEXT_BYTES_MAX, parseKeyText, withoutRepeats } from "../domain/user/key-text.ts";
import { KEYS_MAX, type PublicKey } from "../domain/user/public-key.ts";
import { invalid, type Reading } from "../domain/user/reading.ts";
import { readInputFile, readInputStream } from "./input-file.ts";

/** How the texts of keys are had. */
export interface KeySources {
  readonly fetch: typeof globalThis.fetch;
  readonly stdin: AsyncIterable<Uint8Array | string>;
  /** How long a URL may take, milliseconds. */
  readonly deadlineMs?: number;
}

/** Of one user; each may take its deadline. */
export const SOURCES_MAX = 50;
const DEADLINE_MS = 10_000;
const REDIRECTS_MAX = 3;

/**
 * The keys of several sources, each once: files, - for standard input, https URLs, or keys as they stand in a .pub file.
 * The first that is wrong ends it, and so does the key that is one too many.
 */
export async function readKeySources(
  words: readonly string[],
  sources: KeySources,
): Promise<Reading<readonly PublicKey[]>> {
  if (words.length > SOURCES_MAX)
    return invalid(
      `keys from ${words.length} places, and ${SOURCES_MAX} are allowed; put them into one file`,
    );
  let keys: readonly PublicKey[] = [];
  for (const word of words) {
    const text = await readSource(word, sources);
    const read = text.kind === "invalid" ? text : parseKeyText(text.value, nameOf(word));
    if (read.kind === "invalid") return read;
    keys = withoutRepeats([...keys, ...read.value]);
    if (keys.length > KEYS_MAX)
      return invalid(`more than the ${KEYS_MAX} keys that a user may have; leave some away`);
  }
  return { kind: "valid", value: keys };
}

/** A key's type, a blank and the key, after options or not: no file is named so. */
const KEY_ITSELF = /(?:^|\s)(?:ssh|ecdsa|sk)-\S+\s+\S|^-----BEGIN/;
const STDIN = "standard input";

/** What a person may read of a word that somebody else may have sent. */
function nameOf(word: string): string {
  if (word === "-") return STDIN;
  return KEY_ITSELF.test(word) ? "the key" : shortened(word);
}

async function readSource(word: string, sources: KeySources): Promise<Reading<string>> {
  if (KEY_ITSELF.test(word)) return { kind: "valid", value: word };
  if (/^https:\/\//i.test(word)) return fetchText(word, sources);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(word))
    return invalid(`${nameOf(word)}: keys are fetched over https only; write https://…, or a file`);
  const read =
    word === "-"
      ? await readInputStream(sources.stdin, STDIN, KEY_TEXT_BYTES_MAX)
      : await readInputFile(word, KEY_TEXT_BYTES_MAX);
  return readingOf(read, nameOf(word));
}

function readingOf(read: Checked<string>, name: string): Reading<string> {
  if (read.kind === "valid") return read;
  const [problem] = read.problems;
  return invalid(`${name}: ${problem?.message ?? ""}; ${problem?.fix ?? ""}`);
}

/** What a URL gives, within the deadline; a redirection may lead to https only. */
async function fetchText(
  url: string,
  { fetch, deadlineMs = DEADLINE_MS }: KeySources,
): Promise<Reading<string>> {
  const signal = AbortSignal.timeout(deadlineMs);
  const name = nameOf(url);
  let place = url;
  try {
    for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects += 1) {
      if (!URL.canParse(place)) return invalid(`${nameOf(place)} is no address; mend it`);
      const response = await fetch(place, { signal, redirect: "manual" });
      const next = response.headers.get("location");
      if (response.status < 300 || response.status > 399 || next === null)
        return await textOf(name, response);
      await response.body?.cancel();
      if (!URL.canParse(next, place))
        return invalid(`${name} leads to ${shortened(next)}, which is no address`);
      place = new URL(next, place).href;
      if (!place.startsWith("https://"))
        return invalid(`${name} leads to ${shortened(place)}, which is not https`);
    }
    return invalid(
      `${name} leads on more than ${REDIRECTS_MAX} times; give the last address itself`,
    );
  } catch (error) {
    if (signal.aborted)
      return invalid(`${name} cannot be fetched: no answer within ${deadlineMs / 1000} s`);
    return invalid(`${name} cannot be fetched: ${shortened(networkWords(error))}`);
  }
}

async function textOf(name: string, response: Response): Promise<Reading<string>> {
  if (response.status !== 200) {
    await response.body?.cancel();
    return invalid(
      `${name} cannot be fetched: it was answered with ${response.status}; check the address`,
    );
  }
  if (response.body === null) return { kind: "valid", value: "" };
  return readingOf(await readInputStream(response.body, name, KEY_TEXT_BYTES_MAX), name);
}

/**
 * fetch() throws a TypeError "fetch failed", or "terminated" while the body comes, and says in its cause why.
 * @throws what is anything else
 */
function networkWords(error: unknown): string {
  if (!(error instanceof TypeError) || !(error.cause instanceof Error)) throw error;
  return error.cause.message || error.cause.name;
}
