/** One line of passwd(5) or group(5). */
export interface LocalAccount {
  readonly name: string;
  readonly number: number;
}

/** The accounts of /etc/passwd, or the groups of /etc/group: name and number are the first and third field of both. */
export function parseAccountFile(text: string): readonly LocalAccount[] {
  return text.split("\n").flatMap((line) => {
    const [name = "", , number = ""] = line.split(":");
    return name !== "" && /^\d+$/.test(number) ? [{ name, number: Number(number) }] : [];
  });
}
