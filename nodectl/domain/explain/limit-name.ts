/** The limits that OCI names in its refusal, for people alone: nothing is decided by them. Empty when it names none. */
export function limitNamesIn(message: string): readonly string[] {
  const [, names = ""] = /service limits? (?:was|were) exceeded: ([^.]+)/i.exec(message) ?? [];
  return names
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
