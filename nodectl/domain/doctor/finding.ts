/** What one check found: one line that says what was seen, and one that says what to do about it. */
export type Finding =
  | { readonly kind: "ok"; readonly seen: string }
  /** The cluster works, and may not do so for long, or not as well as it could. */
  | { readonly kind: "warning"; readonly seen: string; readonly fix: string }
  /** Nodes or jobs fail, or will. */
  | { readonly kind: "wrong"; readonly seen: string; readonly fix: string }
  /** Nothing was looked at. */
  | { readonly kind: "skipped"; readonly reason: string };

export function ok(seen: string): Finding {
  return { kind: "ok", seen };
}

export function warning(seen: string, fix: string): Finding {
  return { kind: "warning", seen, fix };
}

export function wrong(seen: string, fix: string): Finding {
  return { kind: "wrong", seen, fix };
}

export function skipped(reason: string): Finding {
  return { kind: "skipped", reason };
}

/** What is not in order; or, when everything is, one line that says so. */
export function problemsOr(findings: readonly Finding[], seen: string): readonly Finding[] {
  const isInOrder = findings.every(({ kind }) => kind === "ok");
  return isInOrder ? [ok(seen)] : findings.filter(({ kind }) => kind !== "ok");
}
