/** What came of asking a program to do something. */
export type Attempt = { readonly kind: "done" } | Failed;

/** What a user may not do, as that user. */
export type AccessSight = { readonly kind: "asked"; readonly refused: readonly string[] } | Failed;

interface Failed {
  readonly kind: "failed";
  readonly message: string;
}
