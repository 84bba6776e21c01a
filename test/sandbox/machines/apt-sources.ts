/** One archive that apt reads packages from. */
export interface AptSource {
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
  /** A key ring file; undefined when apt trusts its own, or when the entry carries the key itself. */
  readonly signedBy: string | undefined;
}

/** A source file in the form that its name says: `*.sources` is deb822, anything else one entry a line. */
export function parseAptSources(text: string, fileName: string): readonly AptSource[] {
  return fileName.endsWith(".sources") ? parseStanzas(text) : text.split("\n").flatMap(parseLine);
}

/** sources.list(5), "one-line-style format": `deb [option=value …] uri suite component …`. */
function parseLine(line: string): AptSource[] {
  const match = /^\s*deb\s+(?:\[([^\]]*)\]\s*)?([^#]*)/.exec(line);
  if (match === null) return [];
  const [, options = "", rest = ""] = match;
  const [uri, suite, ...components] = words(rest);
  if (uri === undefined || suite === undefined) return [];
  const signedBy = words(options)
    .find((option) => option.startsWith("signed-by="))
    ?.slice("signed-by=".length);
  return [{ uri, suite, components, signedBy }];
}

/** sources.list(5), "deb822-style format": stanzas of `Field: value`, every URI with every suite. */
function parseStanzas(text: string): AptSource[] {
  const withoutComments = text
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .join("\n");
  return withoutComments.split(/\n[ \t]*\n/).flatMap((stanza) => {
    const field = fieldReader(stanza);
    const isUsed =
      words(field("types")).includes("deb") && !/^(no|false|0)$/.test(field("enabled"));
    if (!isUsed) return [];
    const components = words(field("components"));
    const [signedBy] = words(field("signed-by"));
    return words(field("uris")).flatMap((uri) =>
      words(field("suites")).map((suite) => ({
        uri,
        suite,
        components,
        signedBy: signedBy?.startsWith("/") === true ? signedBy : undefined,
      })),
    );
  });
}

/** Continuation lines begin with a blank. Field names are case-insensitive. */
function fieldReader(stanza: string): (name: string) => string {
  const fields = new Map<string, string>();
  for (const entry of stanza.split(/\n(?![ \t])/)) {
    const colon = entry.indexOf(":");
    if (colon > 0) fields.set(entry.slice(0, colon).trim().toLowerCase(), entry.slice(colon + 1));
  }
  return (name) => (fields.get(name) ?? "").trim();
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

/** Where Debian's own packages come from on this machine. */
export interface DebianMirror {
  readonly uri: string;
  readonly signedBy: string | undefined;
}

/**
 * The mirror of Debian's main archive among the sources of this machine; undefined when none can be told. Third
 * parties publish for the same suites, so an entry signed with Debian's key ring is believed first, then one whose
 * path is Debian's customary `/debian`, then one that ends or (a snapshot) begins so. mmdebstrap checks the signature anyway.
 */
export function findDebianMirror(sources: readonly AptSource[]): DebianMirror | undefined {
  const candidates = sources
    .filter(({ components, suite }) => components.includes("main") && /^[a-z]+$/.test(suite))
    .map((source) => ({ source, rank: rankOf(source) }))
    .filter(({ rank }) => rank > 0)
    .sort((left, right) => right.rank - left.rank);
  const best = candidates[0]?.source;
  return best && { uri: best.uri.replace(/\/+$/, ""), signedBy: best.signedBy };
}

function rankOf({ uri, signedBy }: AptSource): number {
  if (signedBy !== undefined) return signedBy.includes("debian-archive-") ? 4 : 0;
  const path = uri.replace(/^[a-z0-9+]+:(\/\/[^/]*)?/, "").replace(/\/+$/, "");
  if (path === "/debian") return 3;
  if (path.endsWith("/debian")) return 2;
  return path.includes("/debian/") ? 1 : 0;
}
