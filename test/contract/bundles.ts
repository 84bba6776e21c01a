import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { bundlePrograms } from "../../nodectl/build/bundle.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The directory that has startnode.cjs, stopnode.cjs, and so on. */
    readonly bundles: string;
  }
}

/**
 * Bundles the programs for all files of a run: that takes longer than most of their tests. Here and not in the workers,
 * which are killed before they could remove them.
 */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), "citc-bundles-"));
  await bundlePrograms(join(import.meta.dirname, "../../nodectl"), directory);
  provide("bundles", directory);
  return () => rm(directory, { recursive: true, force: true });
}
