import type { AccessSettings } from "../settings.ts";
import type { Findings } from "./findings.ts";
import type { FoundSettings } from "./source.ts";

/** No organisation has a larger block than a /8. */
const OPEN_BELOW = 8;

export function accessOf(found: FoundSettings, findings: Findings): AccessSettings | null {
  const { ssh_cidrs: cidrs, ssh_public_keys: keys } = found;
  if (cidrs === null || keys === null) return null;
  for (const { text } of cidrs.value.filter(({ prefixLength }) => prefixLength < OPEN_BELOW)) {
    const who = text === "0.0.0.0/0" ? "the whole internet" : `all of ${text}`;
    const message = `this lets ${who} knock at port 22 of the management node`;
    findings.warn(
      { ...cidrs.place, value: text },
      message,
      "write the addresses of your site, if you know them",
    );
  }
  return { sshCidrs: cidrs.value.map(({ text }) => text), sshPublicKeys: keys.value };
}
