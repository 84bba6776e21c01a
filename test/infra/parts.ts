import { App, Testing, TerraformStack } from "cdktf";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCluster, type Cluster } from "../../infra/cluster.ts";
import type { ClusterSettings } from "../../infra/settings.ts";
import { someSettings } from "./parts-settings.ts";

type Attributes = Readonly<Record<string, unknown>>;
type ByType = Readonly<Record<string, Readonly<Record<string, Attributes>>>>;

/** What Terraform is given. */
export interface Synthesized {
  readonly provider?: Readonly<Record<string, readonly Attributes[]>>;
  readonly resource?: ByType;
  readonly data?: ByType;
  readonly locals?: Attributes;
  readonly output?: Readonly<Record<string, { readonly value: unknown }>>;
}

/** The Terraform JSON of a stack that holds what `build` makes. */
export function synthesize(
  build: (scope: TerraformStack, cluster: Cluster) => void,
  settings: ClusterSettings = someSettings(),
): Synthesized {
  const outdir = mkdtempSync(join(tmpdir(), "citc-synth-"));
  try {
    const stack = new TerraformStack(new App({ outdir }), settings.name);
    build(stack, createCluster(stack, settings));
    return JSON.parse(Testing.synth(stack)) as Synthesized;
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** The one resource of this type (and name). */
export function resource(of: Synthesized, type: string, name?: string): Attributes {
  const all = Object.entries(of.resource?.[type] ?? {});
  const [found, ...more] = all.filter(([key]) => name === undefined || key === name);
  if (found === undefined || more.length > 0) {
    throw new Error(
      `${type} ${name ?? ""}: there are ${all.map(([key]) => key).join(", ") || "none"}`,
    );
  }
  return found[1];
}
