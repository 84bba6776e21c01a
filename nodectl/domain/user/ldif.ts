/** One attribute of an entry and its values, in their order. */
export type Attributes = ReadonlyMap<string, readonly string[]>;

export interface LdifEntry {
  readonly dn: string;
  /** Names in lower case: a directory may spell them as its schema does. */
  readonly attributes: Attributes;
}

/** Printable ASCII that RFC 2849 calls a SAFE-STRING, without a blank at its end, which editors and people lose. */
const SAFE = /^(?:[!-9;=-~](?:[ -~]*[!-~])?)?$/;

/** One line of an LDIF record; base64 where the value could be read as anything but itself. */
export function ldifLine(attribute: string, value: string): string {
  if (SAFE.test(value)) return `${attribute}: ${value}`;
  return `${attribute}:: ${Buffer.from(value, "utf8").toString("base64")}`;
}

/** A record that adds an entry (RFC 2849, for ldapadd or ldapmodify -a). */
export function ldifAdd(dn: string, attributes: readonly (readonly [string, string])[]): string {
  const lines = attributes.map(([attribute, value]) => ldifLine(attribute, value));
  return `${[ldifLine("dn", dn), "changetype: add", ...lines].join("\n")}\n`;
}

export interface LdifChange {
  /** `replace` takes all values that are there away first, and is content with none (RFC 4511, 4.6). */
  readonly operation: "add" | "delete" | "replace";
  readonly attribute: string;
  readonly values: readonly string[];
}

/** A record that changes one entry: all of the changes are made, or none. */
export function ldifChange(dn: string, changes: readonly LdifChange[]): string {
  const lines = changes.flatMap(({ operation, attribute, values }) => [
    `${operation}: ${attribute}`,
    ...values.map((value) => ldifLine(attribute, value)),
    "-",
  ]);
  return `${[ldifLine("dn", dn), "changetype: modify", ...lines].join("\n")}\n`;
}

/** A record that removes an entry. */
export function ldifDelete(dn: string): string {
  return `${ldifLine("dn", dn)}\nchangetype: delete\n`;
}

/** A value within a DN (RFC 4514 2.4). */
export function escapeDn(value: string): string {
  return value
    .replace(/[\\,+"<>;=]/g, (special) => `\\${special}`)
    .replace(/\0/g, "\\00")
    .replace(/^[ #]/, (special) => `\\${special}`)
    .replace(/ $/, "\\ ");
}

/** What ldapsearch -LLL prints: entries with folded lines, values in base64, and comments. */
export function parseLdif(text: string): readonly LdifEntry[] {
  const unfolded = text.replace(/\r?\n /g, "");
  return unfolded.split(/\r?\n(?:\r?\n)+/).flatMap((record) => {
    const lines = record.split(/\r?\n/).filter((line) => line !== "" && !line.startsWith("#"));
    const pairs = lines.flatMap((line) => pairOf(line) ?? []);
    const dn = pairs.find(([name]) => name === "dn")?.[1];
    if (dn === undefined) return [];
    const attributes = new Map<string, string[]>();
    for (const [name, value] of pairs.filter(([name]) => name !== "dn")) {
      attributes.set(name, [...(attributes.get(name) ?? []), value]);
    }
    return [{ dn, attributes }];
  });
}

/** In a list, for flatMap. */
function pairOf(line: string): readonly [readonly [string, string]] | undefined {
  const [, name, colon, value = ""] = /^([^:;]+)(?:;[^:]*)?:(:?) *(.*)$/.exec(line) ?? [];
  if (name === undefined) return undefined;
  const decoded = colon === ":" ? Buffer.from(value, "base64").toString("utf8") : value;
  return [[name.toLowerCase(), decoded]];
}
