/** "openssh-key-v1" in base64: how the body of a private key of OpenSSH begins. */
const OPENSSH_PRIVATE_BODY = "b3BlbnNzaC1rZXktdjE";

export const PRIVATE_KEY_MESSAGE = "A PRIVATE KEY STANDS HERE";
export const PRIVATE_KEY_FIX =
  "remove it and write the public key, the file that ends in .pub; if anybody else can read this file, make a new pair";

export function looksLikePrivateKey(text: string): boolean {
  return (
    /(BEGIN|END) [A-Z0-9 ]*PRIVATE KEY|PuTTY-User-Key-File/.test(text) ||
    text.includes(OPENSSH_PRIVATE_BODY)
  );
}

/** Names of secrets, and of those parts of ~/.oci/config that lead to one. */
const SECRET_NAME =
  /pass_?(word|phrase)|^pass$|secret|private|token|credential|fingerprint|key_?file|api_?key/i;

export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** Settings are copied into Terraform's state and into what it prints. */
export const SECRET_MESSAGE =
  "secrets are no settings: they would be copied into Terraform's state";
export const SECRET_FIX =
  "remove it; Terraform reads your API key from ~/.oci/config, from the profile that oci_profile names";
