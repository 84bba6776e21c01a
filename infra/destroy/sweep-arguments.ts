import { parseArgs } from "node:util";
import type { ClusterSettings } from "../settings.ts";

/** What the sweep has to be told of a cluster besides its id. */
type Place = Pick<ClusterSettings, "name" | "region" | "compartmentOcid" | "ociProfile">;

export type SweepArguments =
  /** Options to be added to what was typed; perhaps none. */
  | { readonly kind: "added"; readonly options: readonly string[] }
  /** The settings are of another cluster: where that one is says nothing about this one. */
  | { readonly kind: "other-cluster"; readonly clusterId: string };

/** The options of `npm run sweep` that cluster.yaml can give and that were not typed. */
export function completeArguments(argv: readonly string[], place: Place): SweepArguments {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...argv],
    options: { cluster: text, region: text, compartment: text, profile: text },
    // The sweep itself says what is wrong with the others.
    strict: false,
    allowPositionals: true,
  });
  const { cluster, region, compartment, profile } = values;
  if (typeof cluster !== "string") return { kind: "added", options: [] };
  if (!isIdOf(place.name, cluster)) return { kind: "other-cluster", clusterId: cluster };
  return {
    kind: "added",
    options: [
      ...(region === undefined ? ["--region", place.region] : []),
      ...(compartment === undefined ? ["--compartment", place.compartmentOcid] : []),
      ...(profile === undefined ? ["--profile", place.ociProfile] : []),
    ],
  };
}

/** Names have no hyphen (cluster.ts makes the ids). */
function isIdOf(name: string, clusterId: string): boolean {
  return clusterId.startsWith(`${name}-`);
}
