import { build } from "esbuild";
import { join } from "node:path";

/** Programs of the bench that run in processes of their own. */
export interface Programs {
  readonly api: string;
  readonly exitUsage: string;
  readonly plainPRetry: string;
  readonly citc: string;
  readonly sdkListInstances: string;
}

/**
 * Bundles the programs, so that none of them carries a TypeScript runner along. Packages stay outside: a rival loads
 * the SDK from node_modules, as whoever writes such a script does.
 * @param outDirectory below the repository: its node_modules must be found from there
 */
export async function buildPrograms(
  rootDirectory: string,
  outDirectory: string,
): Promise<Programs> {
  const entryPoints = {
    api: "test/sandbox/oci-api.ts",
    "exit-usage": "test/bench/world/exit-usage.ts",
    "plain-p-retry": "test/bench/rivals/plain-p-retry.ts",
    citc: "test/bench/rivals/citc.ts",
    "sdk-list-instances": "test/bench/rivals/sdk-list-instances.ts",
  };
  const common = {
    bundle: true,
    platform: "node",
    packages: "external",
    target: "node20",
  } as const;
  const { "exit-usage": exitUsage, ...others } = entryPoints;
  await build({
    ...common,
    absWorkingDir: rootDirectory,
    entryPoints: others,
    outdir: outDirectory,
    outExtension: { ".js": ".mjs" },
    format: "esm",
  });
  // CommonJS, because --require loads it before the program and without a delay.
  await build({
    ...common,
    absWorkingDir: rootDirectory,
    entryPoints: { "exit-usage": exitUsage },
    outdir: outDirectory,
    outExtension: { ".js": ".cjs" },
    format: "cjs",
  });
  const at = (name: string): string => join(outDirectory, name);
  return {
    api: at("api.mjs"),
    exitUsage: at("exit-usage.cjs"),
    plainPRetry: at("plain-p-retry.mjs"),
    citc: at("citc.mjs"),
    sdkListInstances: at("sdk-list-instances.mjs"),
  };
}
