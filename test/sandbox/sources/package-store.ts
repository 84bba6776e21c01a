import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { systemClock } from "../../../nodectl/cli/system-clock.ts";
import { readDebianMirror, sourceLine, type ImageStoreOptions } from "../machines/image-store.ts";
import type { ReleaseName } from "../machines/releases.ts";
import { runBuild } from "../machines/run-build.ts";
import { markUsed } from "../unused.ts";

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
  const text = await readFile(BUILD_SCRIPT, "utf8");
  const recipe = JSON.stringify([text, PACKAGES, basename(imageDirectory)]);
  const digest = createHash("sha256").update(recipe).digest("hex");
  const repository = join(directory, `${release}-${digest.slice(0, 12)}`);
  await markUsed(repository, systemClock.now());
  if (existsSync(repository)) return repository;
  const sources = sourceLine(await readDebianMirror(), release);
  await mkdir(directory, { recursive: true });
  report?.(`fetching the packages that machines install while they boot, once (${release})`);
  const script = [BUILD_SCRIPT, release, imageDirectory, repository, sources, ...PACKAGES];
  const failure = "the packages could not be fetched";
  await runBuild(script, { failure, target: repository, signal });
  return repository;
}
