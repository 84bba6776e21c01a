import type { DefinedTag, IdentitySettings } from "../settings.ts";
import type { Findings } from "./findings.ts";
import type { FoundSettings } from "./source.ts";

export function identityOf(found: FoundSettings, findings: Findings): IdentitySettings | null {
  const mode = found["identity.mode"];
  const tag = definedTagOf(found, findings);
  if (mode === null || tag === null) return null;
  if (mode.value !== "create") {
    if (tag === undefined) return { mode: mode.value };
    const { place } = found["identity.defined_tag.namespace"] ?? mode;
    const message = `only policies that are made here use it, and identity: mode is ${mode.value}`;
    return findings.refuse(place, message, "remove identity: defined_tag");
  }
  if (found.tenancy?.value === undefined) {
    if (found.tenancy === null) return null;
    const message = "identity: mode create makes a dynamic group, which only the tenancy can hold";
    const fix =
      "add a line such as `tenancy: ocid1.tenancy.oc1..aaaa`, or write identity: mode: existing";
    return findings.refuse(found.tenancy.place, message, fix);
  }
  return { mode: "create", definedTag: tag };
}

function definedTagOf(found: FoundSettings, findings: Findings): DefinedTag | undefined | null {
  const namespace = found["identity.defined_tag.namespace"];
  const key = found["identity.defined_tag.key"];
  if (namespace === null || key === null) return null;
  if (namespace.value !== undefined && key.value !== undefined) {
    return { namespace: namespace.value, key: key.value };
  }
  if (namespace.value === undefined && key.value === undefined) return undefined;
  const { place } = namespace.value === undefined ? namespace : key;
  return findings.refuse(
    place,
    "a defined tag has a namespace and a key",
    "write both, or neither",
  );
}
