import type { Problem } from "./problem.ts";

/** A value read from an input, or everything that is wrong with that input. */
export type Checked<Value> =
  | { readonly kind: "valid"; readonly value: Value }
  | { readonly kind: "invalid"; readonly problems: readonly Problem[] };
