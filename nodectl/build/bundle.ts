import { build } from "esbuild";
import { join } from "node:path";

/** The executables: one bundle each, from nodectl/bin. */
export const PROGRAMS = ["startnode", "stopnode", "finish", "citc"] as const;

/** What Slurm calls for every job: shell scripts from nodectl/bin, because Node takes longer to start than they run. */
export const SCRIPTS = ["wait-for-nodes"] as const;

/** Of nodectl/bin; written once for each program that it starts. */
export const SHELL_LAUNCHER = "power-program";

/** The esbuild target of the runtime in the archive; tests run the sources on an older Node. */
const TARGET = "node20.19";

/** Bundles every program with all that it imports into one CommonJS file (the SDK is CommonJS and loads lazily). */
export async function bundlePrograms(sourceDirectory: string, outDirectory: string): Promise<void> {
  await build({
    entryPoints: PROGRAMS.map((name) => ({
      in: join(sourceDirectory, `bin/${name}.ts`),
      out: name,
    })),
    outdir: outDirectory,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    platform: "node",
    format: "cjs",
    target: TARGET,
    // The SDK is 3.6 MB otherwise: minified it starts sooner and takes 12 MB less. The map beside it, which is not
    // shipped, tells what a stack trace means.
    minify: true,
    sourcemap: "external",
    // The SDK prints a warning for each failed call; ours go through the log.
    drop: ["console"],
    legalComments: "none",
    logLevel: "warning",
  });
}
