import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Of the stack that `cdktf synth` wrote. */
export interface SynthesizedStack {
  /** Where Terraform is to be run. */
  readonly directory: string;
  /** Addresses of the resources that are not to be destroyed. */
  readonly kept: readonly string[];
}

interface Manifest {
  readonly stacks: Readonly<
    Record<string, { readonly workingDirectory: string; readonly synthesizedStackPath: string }>
  >;
}

interface TerraformJson {
  readonly resource: Readonly<Record<string, Readonly<Record<string, Resource>>>>;
}

interface Resource {
  readonly lifecycle?: { readonly prevent_destroy?: boolean };
}

/** @throws Error when there is no stack, or more than one */
export function readSynthesizedStack(outputDirectory: string): SynthesizedStack {
  const { stacks } = readJson(join(outputDirectory, "manifest.json")) as Manifest;
  const [stack, ...others] = Object.values(stacks);
  if (stack === undefined || others.length > 0)
    throw new Error(
      `${outputDirectory} has ${Object.keys(stacks).length} stacks where one is expected: remove it and try again`,
    );
  const { resource } = readJson(join(outputDirectory, stack.synthesizedStackPath)) as TerraformJson;
  return {
    directory: join(outputDirectory, stack.workingDirectory),
    kept: keptAddresses(resource),
  };
}

function keptAddresses(resources: TerraformJson["resource"]): string[] {
  return Object.entries(resources).flatMap(([type, named]) =>
    Object.entries(named)
      .filter(([, { lifecycle }]) => lifecycle?.prevent_destroy === true)
      .map(([name]) => `${type}.${name}`),
  );
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, "utf8"));
}
