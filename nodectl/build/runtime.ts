import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { extract } from "tar";
import runtime from "./runtime.json" with { type: "json" };

export type Architecture = keyof typeof runtime.architectures;
export const ARCHITECTURES = Object.keys(runtime.architectures) as Architecture[];
export const RUNTIME_VERSION = runtime.version;

const DOWNLOAD_TIMEOUT_MS = 300_000;

/**
 * The Node runtime that the archive carries, from npm's platform package (the distributions' own Node is too old),
 * checked against the pinned integrity and kept in the cache.
 * @returns the path of the executable
 */
export async function fetchRuntime(
  architecture: Architecture,
  cacheDirectory: string,
): Promise<string> {
  const { package: name, integrity } = runtime.architectures[architecture];
  const directory = join(cacheDirectory, `${name}-${RUNTIME_VERSION}`);
  const executable = join(directory, "package", "bin", "node");
  if (existsSync(executable)) return executable;
  await mkdir(cacheDirectory, { recursive: true });
  const scratch = await mkdtemp(join(cacheDirectory, "download-"));
  try {
    const tarball = await download(`${name}@${RUNTIME_VERSION}`, scratch);
    await checkIntegrity(tarball, integrity);
    await mkdir(join(scratch, "unpacked"));
    await extract({ file: tarball, cwd: join(scratch, "unpacked") });
    await rm(directory, { recursive: true, force: true });
    await rename(join(scratch, "unpacked"), directory);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return executable;
}

/** npm knows the registry, its proxy and its credentials: no address stands here. */
async function download(specifier: string, directory: string): Promise<string> {
  const { stdout } = await promisify(execFile)(
    "npm",
    ["pack", specifier, "--json", "--pack-destination", directory],
    { timeout: DOWNLOAD_TIMEOUT_MS },
  );
  const [packed] = JSON.parse(stdout) as { filename: string }[];
  if (packed === undefined) throw new Error(`npm pack ${specifier} brought nothing`);
  return join(directory, packed.filename);
}

async function checkIntegrity(tarball: string, integrity: string): Promise<void> {
  const digest = createHash("sha512")
    .update(await readFile(tarball))
    .digest("base64");
  if (`sha512-${digest}` !== integrity) {
    throw new Error(`${tarball} is not the pinned package: its digest is sha512-${digest}`);
  }
}
