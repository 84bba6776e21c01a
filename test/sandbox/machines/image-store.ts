import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { findDebianMirror, type DebianMirror } from "./apt-sources.ts";
import { keepTail } from "./keep-tail.ts";
import { inOwnNamespaces } from "./own-namespaces.ts";
import { readAptSources } from "./read-apt-sources.ts";
import { RELEASES, type ReleaseName } from "./releases.ts";

/** What every machine has, besides Debian's minimum. */
const PACKAGES = [
  ...["slurmctld", "slurmd", "slurm-client", "munge"],
  ...["tini", "iproute2", "procps", "sudo", "less", "vim-tiny", "nano"],
];

const BUILD_SCRIPT = join(import.meta.dirname, "build-image.sh");
/** Debian's key ring where an entry of apt's sources names none. */
const DEBIAN_KEY_RING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** The image cannot be built on this machine; the message says what to do. */
export class ImageError extends Error {
  override readonly name = "ImageError";
}

export interface ImageStoreOptions {
  /** Where images are kept; they are named by what they are made of, so that an outdated one is never used. */
  readonly directory: string;
  readonly report?: ((line: string) => void) | undefined;
  /** Hears the steps of a build. */
  readonly progress?: ((step: string) => void) | undefined;
  /** Ends a build. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The directory of the release's root file system, which is built first when it is not there yet (about 20 s). Two
 * callers at once build it once.
 * @throws ImageError, the signal's reason
 */
export async function ensureImage(
  release: ReleaseName,
  options: ImageStoreOptions,
): Promise<string> {
  const { directory, report } = options;
  const script = await readFile(BUILD_SCRIPT, "utf8");
  const image = join(directory, imageName(release, script));
  if (existsSync(image)) return image;
  const mirror = findDebianMirror(await readAptSources());
  if (mirror === undefined) {
    throw new ImageError(
      "apt's sources name no mirror of Debian's main archive, which the sandbox's machines are made of: " +
        "add a line such as `deb https://<mirror>/debian bookworm main` to /etc/apt/sources.list",
    );
  }
  await mkdir(directory, { recursive: true });
  const started = performance.now();
  report?.(
    `making the machines' image once (${release}, Slurm ${RELEASES[release].slurmVersion}; about half a minute)`,
  );
  await build({ release, image, mirror }, options);
  report?.(
    `made in ${Math.round((performance.now() - started) / 1000)} s; it is kept for the next time`,
  );
  return image;
}

function imageName(release: ReleaseName, script: string): string {
  const recipe = JSON.stringify([script, PACKAGES, process.arch]);
  const digest = createHash("sha256").update(recipe).digest("hex");
  return `${release}-${digest.slice(0, 12)}`;
}

interface Recipe {
  readonly release: ReleaseName;
  readonly image: string;
  readonly mirror: DebianMirror;
}

async function build(
  { release, image, mirror }: Recipe,
  { progress, signal }: ImageStoreOptions,
): Promise<void> {
  const keyRing = mirror.signedBy ?? DEBIAN_KEY_RING;
  const signature = existsSync(keyRing) ? ` [signed-by=${keyRing}]` : "";
  const sources = `deb${signature} ${mirror.uri} ${release} main`;
  const [command, ...argv] = inOwnNamespaces([
    ...["flock", `${image}.lock`, "bash", BUILD_SCRIPT],
    ...[release, image, sources, ...PACKAGES],
  ]);
  signal?.throwIfAborted();
  // Its own session: Ctrl-C reaches us alone, and our end is its end.
  const child = spawn(command, argv, { stdio: ["ignore", "pipe", "pipe"], detached: true });
  const kill = (): void => void child.kill("SIGKILL");
  signal?.addEventListener("abort", kill);
  const output = keepTail([child.stdout, child.stderr]);
  progress?.(`image: reading ${mirror.uri}`);
  createInterface({ input: child.stderr }).on("line", (line) => {
    const step = stepOf(line);
    if (step !== undefined) progress?.(`image: ${step}`);
  });
  const [exitCode] = (await once(child, "close")) as [number | null];
  signal?.removeEventListener("abort", kill);
  signal?.throwIfAborted();
  if (exitCode === 0) return;
  throw new ImageError(`the ${release} image could not be built:\n${output()}`);
}

/** mmdebstrap tells its steps as `I: installing packages...`. */
function stepOf(line: string): string | undefined {
  return /^I: ([^/]*?)\.*$/.exec(line)?.[1];
}
