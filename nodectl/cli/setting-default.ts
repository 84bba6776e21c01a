import type { Setting } from "./settings.ts";

/** What a setting is when startnode.yaml does not say, or cannot be read. */
export function defaultOf<Value>({ absent }: Setting<Value>): Value {
  if (absent === "required") throw new Error("this setting has no default");
  return absent.value;
}
