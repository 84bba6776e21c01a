import { readBounded, TooMuchError } from "./read-bounded.ts";
import { KEY_TEXT_BYTES_MAX, parseKeyText, withoutRepeats } from "../domain/user/key-text.ts";
import { KEYS_MAX, type PublicKey } from "../domain/user/public-key.ts";
import { invalid, type Reading } from "../domain/user/reading.ts";
import { readInputFile } from "../files/input-file.ts";

/** How the texts of keys are had. */
export interface KeySources {
  readonly fetch: typeof globalThis.fetch;
  readonly stdin: AsyncIterable<Uint8Array | string>;
  /** How long a URL may take, milliseconds. */
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 10_000;
const REDIRECTS_MAX = 3;

/**
 * The keys of several sources, each once: files, - for standard input, https URLs, or keys as they stand in a .pub file.
 * The first that is wrong ends it.
 */
export async function readKeySources(
  words: readonly string[],
  sources: KeySources,
): Promise<Reading<readonly PublicKey[]>> {
  const keys: PublicKey[] = [];
  for (const word of words) {
    const text = await readSource(word, sources);
    const read = text.kind === "invalid" ? text : parseKeyText(text.value, nameOf(word));
    if (read.kind === "invalid") return read;
    keys.push(...read.value);
  }
  const all = withoutRepeats(keys);
  if (all.length <= KEYS_MAX) return { kind: "valid", value: all };
  return invalid(`${all.length} keys, and a user may have ${KEYS_MAX}; leave some away`);
}

/** A key's type, a blank and the key, after options or not: no file is named so. */
const KEY_ITSELF = /(?:^|\s)(?:ssh|ecdsa|sk)-\S+\s+\S|^-----BEGIN/;

function nameOf(word: string): string {
  if (word === "-") return "standard input";
  return KEY_ITSELF.test(word) ? "the key" : word;
}

async function readSource(word: string, sources: KeySources): Promise<Reading<string>> {
  if (KEY_ITSELF.test(word)) return { kind: "valid", value: word };
  if (/^https:\/\//i.test(word)) return fetchText(word, sources);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(word))
    return invalid(
      `${word.slice(0, 100)}: keys are fetched over https only; write https://…, or a file`,
    );
  if (word === "-") return readStream(sources.stdin);
  const file = await readInputFile(word, KEY_TEXT_BYTES_MAX);
  if (file.kind === "valid") return file;
  const [problem] = file.problems;
  return invalid(`${word}: ${problem?.message ?? ""}; ${problem?.fix ?? ""}`);
}

async function readStream(stream: KeySources["stdin"]): Promise<Reading<string>> {
  try {
    return { kind: "valid", value: await readBounded(stream, KEY_TEXT_BYTES_MAX) };
  } catch (error) {
    if (!(error instanceof TooMuchError)) throw error;
    return invalid(`standard input: ${error.message}`);
  }
}

/** What a URL gives, within the deadline; a redirection may lead to https only. */
async function fetchText(
  url: string,
  { fetch, deadlineMs = DEADLINE_MS }: KeySources,
): Promise<Reading<string>> {
  const signal = AbortSignal.timeout(deadlineMs);
  let place = url;
  try {
    for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects += 1) {
      const response = await fetch(place, { signal, redirect: "manual" });
      const next = response.headers.get("location");
      if (response.status < 300 || response.status > 399 || next === null)
        return await textOf(url, response);
      await response.body?.cancel();
      place = new URL(next, place).href;
      if (!place.startsWith("https://"))
        return invalid(`${url} leads to ${place.slice(0, 100)}, which is not https`);
    }
    return invalid(
      `${url} leads on more than ${REDIRECTS_MAX} times; give the last address itself`,
    );
  } catch (error) {
    return invalid(
      `${url} cannot be fetched: ${signal.aborted ? `no answer within ${deadlineMs / 1000} s` : causeOf(error)}`,
    );
  }
}

async function textOf(url: string, response: Response): Promise<Reading<string>> {
  if (response.status !== 200) {
    await response.body?.cancel();
    return invalid(
      `${url} cannot be fetched: it was answered with ${response.status}; check the address`,
    );
  }
  const body = response.body === null ? "" : await readBounded(response.body, KEY_TEXT_BYTES_MAX);
  return { kind: "valid", value: body };
}

/** fetch() says "fetch failed", and in its cause why. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.cause.name : error.message;
}
