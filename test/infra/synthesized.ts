import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformStack, Testing } from "cdktf";
import { createCluster, type Cluster } from "../../infra/cluster.ts";
import { ClusterStack, type ClusterStackOptions } from "../../infra/cluster-stack.ts";
import type { ClusterSettings } from "../../infra/settings.ts";
import { renderUserData } from "../../infra/user-data.ts";
import { someSettings } from "./test-settings.ts";

export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = Readonly<Record<string, Json>>;
type ByTypeAndName = Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;

/** What Terraform is given: https://developer.hashicorp.com/terraform/language/syntax/json */
export interface SynthesizedStack {
  readonly terraform?: { readonly required_providers: JsonObject };
  readonly resource?: ByTypeAndName;
  readonly data?: ByTypeAndName;
  readonly provider?: Readonly<Record<string, readonly JsonObject[]>>;
  readonly output?: Readonly<Record<string, { readonly value: Json }>>;
  readonly locals?: JsonObject;
}

const TEST_ARCHIVE: ClusterStackOptions["archive"] = {
  architecture: "x64",
  archive: "/nowhere/dist/nodectl-linux-x64.tar.gz",
  inputsFile: "/nowhere/dist/nodectl-linux-x64.tar.gz.inputs",
  inputs: "0123",
};

/** The stack of these settings, the others being someSettings(), as Terraform reads it. */
export function synthesize(changes: Partial<ClusterSettings> = {}): SynthesizedStack {
  return withApp(
    (app) =>
      new ClusterStack(app, {
        settings: someSettings(changes),
        stateFile: "/nowhere/lab.tfstate",
        archive: TEST_ARCHIVE,
        userData: renderUserData(join(import.meta.dirname, "../../userdata"), "management.yaml"),
      }),
  );
}

/** A stack that holds nothing but what `build` makes, and the cluster's id. */
export function synthesizePart(
  build: (scope: TerraformStack, cluster: Cluster) => void,
  changes: Partial<ClusterSettings> = {},
): SynthesizedStack {
  return withApp((app) => {
    const settings = someSettings(changes);
    const stack = new TerraformStack(app, settings.name);
    build(stack, createCluster(stack, settings));
    return stack;
  });
}

/** An App makes its output directory, although nothing is written there. */
function withApp(build: (app: App) => TerraformStack): SynthesizedStack {
  const outdir = mkdtempSync(join(tmpdir(), "citc-synth-"));
  try {
    const stack = build(new App({ outdir, stackTraces: false }));
    return JSON.parse(Testing.synth(stack)) as SynthesizedStack;
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** All resources of a type, by their names in the stack. */
export function resourcesOf(stack: SynthesizedStack, type: string): Record<string, JsonObject> {
  return { ...stack.resource?.[type] };
}

/** The one resource of a type (and name): fails when there are none or several. */
export function onlyResourceOf(stack: SynthesizedStack, type: string, name?: string): JsonObject {
  const all = Object.entries(resourcesOf(stack, type));
  const [first, ...others] = all.filter(([key]) => name === undefined || key === name);
  if (first === undefined || others.length > 0) {
    const names = all.map(([key]) => key).join(", ");
    throw new Error(`not one ${type} ${name ?? ""}: there are ${names === "" ? "none" : names}`);
  }
  return first[1];
}

/** An attribute that must be a text. */
export function textOf(resource: JsonObject | undefined, attribute: string): string {
  const value = resource?.[attribute];
  if (typeof value !== "string")
    throw new Error(`${attribute} is ${JSON.stringify(value)}, no text`);
  return value;
}
