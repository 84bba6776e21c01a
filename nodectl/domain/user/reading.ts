/** What a text stands for, or one sentence that says what is wrong with it and what to write instead. */
export type Reading<Value> =
  | { readonly kind: "valid"; readonly value: Value }
  | { readonly kind: "invalid"; readonly message: string };

export function invalid(message: string): { readonly kind: "invalid"; readonly message: string } {
  return { kind: "invalid", message };
}
