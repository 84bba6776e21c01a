export type DestroyPlan =
  | { readonly kind: "everything" }
  | { readonly kind: "only"; readonly targets: readonly string[] }
  | { readonly kind: "nothing-left" };

/**
 * Terraform cannot spare a resource: with `prevent_destroy` it refuses a destroy as a whole, and a `removed` block is not
 * heeded by a destroy (1.11.4). So everything else is named. What depends on a target goes with it, but nothing that is
 * kept depends on anything else.
 *
 * @param inState addresses, as `terraform state list` prints them
 */
export function planDestroy(inState: readonly string[], kept: readonly string[]): DestroyPlan {
  if (kept.length === 0) return { kind: "everything" };
  const targets = inState.filter((address) => !isDataSource(address) && !kept.includes(address));
  return targets.length === 0 ? { kind: "nothing-left" } : { kind: "only", targets };
}

function isDataSource(address: string): boolean {
  return address.startsWith("data.");
}
