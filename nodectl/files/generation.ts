import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { GENERATION_FILES } from "../domain/generation.ts";
import type { GenerationFileName } from "../domain/generation.ts";
import { removeDurably, writeDurably } from "./durable-file.ts";
import { unlessAbsent } from "./system-error.ts";

/** The texts of one generation; an absent file is undefined. */
export type StoredGeneration = Readonly<Record<GenerationFileName, string | undefined>>;

/** Where a generation lives. Absolute paths. */
export interface GenerationPaths {
  readonly files: Readonly<Record<GenerationFileName, string>>;
  /** Keeps the last generation that slurmctld was known to run. */
  readonly previousDirectory: string;
  /** Holds the digest of the generation that slurmctld has confirmed; absent while one is being changed. */
  readonly inUseFile: string;
}

/** slurmd runs on other machines and as another user: everybody may read. */
const DIRECTORY_MODE = 0o755;

/** nodes.json may lie elsewhere (nodes_file of startnode.yaml). */
export function generationPaths(slurmDirectory: string, nodesFile: string): GenerationPaths {
  return {
    files: {
      "nodes.json": nodesFile,
      "gres.conf": join(slurmDirectory, "gres.conf"),
      "slurm.conf": join(slurmDirectory, "slurm.conf"),
    },
    previousDirectory: join(slurmDirectory, "previous"),
    inUseFile: join(slurmDirectory, ".generation-in-use"),
  };
}

/** The generation on disk, whoever wrote it; all absent in a new cluster. */
export async function readGeneration({ files }: GenerationPaths): Promise<StoredGeneration> {
  const [nodesJson, gresConf, slurmConf] = await Promise.all([
    readIfThere(files["nodes.json"]),
    readIfThere(files["gres.conf"]),
    readIfThere(files["slurm.conf"]),
  ]);
  return { "nodes.json": nodesJson, "gres.conf": gresConf, "slurm.conf": slurmConf };
}

/** The last generation that slurmctld was known to run; undefined before there was one. */
export async function readPreviousGeneration(
  paths: GenerationPaths,
): Promise<StoredGeneration | undefined> {
  const previous = await readGeneration(previousPaths(paths));
  return previous["slurm.conf"] === undefined ? undefined : previous;
}

/** True when slurmctld has confirmed exactly these files. */
export async function isInUse(
  paths: GenerationPaths,
  generation: StoredGeneration,
): Promise<boolean> {
  return (await readIfThere(paths.inUseFile))?.trim() === digestOf(generation);
}

/** Notes that slurmctld runs these files. Losing the note costs one needless reconfigure. */
export async function markInUse(
  paths: GenerationPaths,
  generation: StoredGeneration,
): Promise<void> {
  await writeDurably(paths.inUseFile, `${digestOf(generation)}\n`);
}

/**
 * Puts a generation in place of the current one. Each file appears whole or not at all (temporary file, fsync,
 * rename), only files that differ are touched, and the generation that slurmctld last confirmed is kept aside
 * before. startnode may know nodes that Slurm does not ask for yet, but Slurm never asks for a node that nodes.json
 * lacks, and what nodes.json loses are nodes that are drained and powered down. A run that is killed in between leaves no note of use, so that the next run neither keeps the mixture
 * as the previous generation nor takes it for done.
 */
export async function writeGeneration(
  paths: GenerationPaths,
  next: StoredGeneration,
): Promise<void> {
  const current = await readGeneration(paths);
  await mkdir(dirname(paths.files["slurm.conf"]), { recursive: true, mode: DIRECTORY_MODE });
  const isFirst = (await readPreviousGeneration(paths)) === undefined;
  if (isFirst || (await isInUse(paths, current))) {
    await mkdir(paths.previousDirectory, { recursive: true, mode: DIRECTORY_MODE });
    await replaceFiles(previousPaths(paths), current);
  }
  await removeDurably(paths.inUseFile);
  await replaceFiles(paths, next);
}

function previousPaths(paths: GenerationPaths): GenerationPaths {
  const { previousDirectory } = paths;
  const inside = generationPaths(previousDirectory, join(previousDirectory, "nodes.json"));
  return { ...paths, files: inside.files };
}

/** In the order of GENERATION_FILES, which is safe when it is cut short at any place. */
async function replaceFiles(
  { files }: GenerationPaths,
  generation: StoredGeneration,
): Promise<void> {
  for (const name of GENERATION_FILES) {
    const wanted = generation[name];
    if ((await readIfThere(files[name])) === wanted) {
      continue;
    }
    await (wanted === undefined ? removeDurably(files[name]) : writeDurably(files[name], wanted));
  }
}

function digestOf(generation: StoredGeneration): string {
  const texts = GENERATION_FILES.map((name) => generation[name] ?? null);
  return createHash("sha256").update(JSON.stringify(texts)).digest("hex");
}

function readIfThere(file: string): Promise<string | undefined> {
  return unlessAbsent(readFile(file, "utf8"));
}
