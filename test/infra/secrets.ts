/** Words in the name of an attribute whose value nobody may read. */
const SECRET_NAME = /password|passwd|secret|token|private_?key|passphrase|credential/i;
const SECRET_TEXT =
  /BEGIN [A-Z ]*PRIVATE KEY|"?(password|passwd|secret|token|passphrase)"?\s*[:=]\s*\S/i;

/**
 * Where something stands that looks like a secret: in the names of attributes, in texts, and in what is packed in
 * base64, as user data is. Empty: none was found.
 */
export function secretsIn(value: unknown, path = "stack"): readonly string[] {
  if (typeof value === "string") return isSecretText(value) ? [path] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = `${path}.${key}`;
    return SECRET_NAME.test(key) ? [at] : secretsIn(inner, at);
  });
}

function isSecretText(text: string): boolean {
  if (SECRET_TEXT.test(text)) return true;
  const isPacked = /^[A-Za-z0-9+/]{40,}={0,2}$/.test(text);
  return isPacked && SECRET_TEXT.test(Buffer.from(text, "base64").toString("utf8"));
}
