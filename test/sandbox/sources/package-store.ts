import { createHash } from "node:crypto";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import {
  ImageError,
  readDebianMirror,
  sourceLine,
  type ImageStoreOptions,
} from "../machines/image-store.ts";
import { keepTail } from "../machines/keep-tail.ts";
import { inOwnNamespaces } from "../machines/own-namespaces.ts";
import type { ReleaseName } from "../machines/releases.ts";

/** What machines may install: ansible-pull and what its roles need. All of it together goes on one machine. */
const PACKAGES = [
  ...["ansible-core", "python3-apt", "git"],
  ...["slurmctld", "slurmd", "slurm-client", "slurmdbd", "munge"],
  ...["mariadb-server", "389-ds-base", "sssd-ldap", "nfs-common", "lmod", "openmpi-bin"],
  ...["logrotate", "unattended-upgrades"],
  ...["libnss-sss", "libpam-sss", "sssd-tools", "ldap-utils"],
  ...["libopenmpi-dev", "gcc", "g++", "gfortran", "make"],
];

const BUILD_SCRIPT = join(import.meta.dirname, "build-packages.sh");

/**
 * The directory of a repository with the packages above and what they need besides an image; made first when it is not there
 * yet, or was made for another image. Two callers at once make it once.
 * @throws ImageError, the signal's reason
 */
export async function ensurePackages(
  release: ReleaseName,
  imageDirectory: string,
  options: ImageStoreOptions,
): Promise<string> {
  const { directory, report, signal } = options;
  const script = await readFile(BUILD_SCRIPT, "utf8");
  const recipe = JSON.stringify([script, PACKAGES, basename(imageDirectory)]);
  const digest = createHash("sha256").update(recipe).digest("hex");
  const repository = join(directory, `${release}-${digest.slice(0, 12)}`);
  if (existsSync(repository)) return repository;
  const sources = sourceLine(await readDebianMirror(), release);
  await mkdir(directory, { recursive: true });
  report?.(`fetching the packages that machines install while they boot, once (${release})`);
  await build([release, imageDirectory, repository, sources, ...PACKAGES], signal);
  return repository;
}

async function build(
  recipe: readonly [string, string, string, ...string[]],
  signal: AbortSignal | undefined,
): Promise<void> {
  const [, , repository] = recipe;
  const [command, ...argv] = inOwnNamespaces([
    ...["flock", `${repository}.lock`, "bash", BUILD_SCRIPT, ...recipe],
  ]);
  signal?.throwIfAborted();
  // Its own session: Ctrl-C reaches us alone, and our end is its end.
  const child = spawn(command, argv, { stdio: ["ignore", "pipe", "pipe"], detached: true });
  const kill = (): void => void child.kill("SIGKILL");
  signal?.addEventListener("abort", kill);
  const output = keepTail([child.stdout, child.stderr]);
  const [exitCode] = (await once(child, "close")) as [number | null];
  signal?.removeEventListener("abort", kill);
  signal?.throwIfAborted();
  if (exitCode !== 0) throw new ImageError(`the packages could not be fetched:\n${output()}`);
}
