import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "../../../nodectl/cli/system-clock.ts";
import { markUsed } from "../unused.ts";
import { findDebianMirror, type DebianMirror } from "./apt-sources.ts";
import { IMAGE_RECIPES, type ImageKind } from "./image-recipes.ts";
import { readAptSources } from "./read-apt-sources.ts";
import type { ReleaseName } from "./releases.ts";
import { ImageError, runBuild } from "./run-build.ts";

const BUILD_SCRIPT = join(import.meta.dirname, "build-image.sh");
/** Debian's key ring where an entry of apt's sources names none. */
const DEBIAN_KEY_RING = "/usr/share/keyrings/debian-archive-keyring.gpg";

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
 * The directory of the release's root file system, which is built first when it is not there yet. Two
 * callers at once build it once.
 * @throws ImageError, the signal's reason
 */
export async function ensureImage(
  release: ReleaseName,
  kind: ImageKind,
  options: ImageStoreOptions,
): Promise<string> {
  const { directory, report } = options;
  const image = join(directory, await imageName(release, kind));
  await markUsed(image, systemClock.now());
  if (existsSync(image)) return image;
  const mirror = await readDebianMirror();
  await mkdir(directory, { recursive: true });
  const started = performance.now();
  report?.(`making ${IMAGE_RECIPES[kind].title}, once (${release}; about a minute)`);
  await build({ release, kind, image, mirror }, options);
  // It still has the time of a package's archive.
  await markUsed(image, systemClock.now());
  report?.(
    `made in ${Math.round((performance.now() - started) / 1000)} s; it is kept for the next time`,
  );
  return image;
}

/** Where this computer's own apt has Debian's packages from. @throws ImageError */
export async function readDebianMirror(): Promise<DebianMirror> {
  const mirror = findDebianMirror(await readAptSources());
  if (mirror !== undefined) return mirror;
  throw new ImageError(
    "apt's sources name no mirror of Debian's main archive, which the sandbox's machines are made of: " +
      "add a line such as `deb https://<mirror>/debian bookworm main` to /etc/apt/sources.list",
  );
}

/** A line of sources.list for a release. */
export function sourceLine({ uri, signedBy }: DebianMirror, release: ReleaseName): string {
  const keyRing = signedBy ?? DEBIAN_KEY_RING;
  const signature = existsSync(keyRing) ? ` [signed-by=${keyRing}]` : "";
  return `deb${signature} ${uri} ${release} main`;
}

async function imageName(release: ReleaseName, kind: ImageKind): Promise<string> {
  const { packages, finish, files = [] } = IMAGE_RECIPES[kind];
  const scripts = await Promise.all(
    [BUILD_SCRIPT, ...[finish, ...files].map((file) => join(import.meta.dirname, file))].map(
      (file) => readFile(file, "utf8"),
    ),
  );
  const recipe = JSON.stringify([scripts, packages, process.arch]);
  const digest = createHash("sha256").update(recipe).digest("hex");
  return `${release}-${kind}-${digest.slice(0, 12)}`;
}

interface Recipe {
  readonly release: ReleaseName;
  readonly kind: ImageKind;
  readonly image: string;
  readonly mirror: DebianMirror;
}

async function build(
  { release, kind, image, mirror }: Recipe,
  { progress, signal }: ImageStoreOptions,
): Promise<void> {
  const { packages, finish } = IMAGE_RECIPES[kind];
  const name = `${release} ${kind} image`;
  progress?.(`${name}: reading ${mirror.uri}`);
  const script = [BUILD_SCRIPT, release, image, sourceLine(mirror, release)];
  await runBuild([...script, join(import.meta.dirname, finish), ...packages], {
    failure: `the ${name} could not be built`,
    target: image,
    onLine: (line) => {
      const step = stepOf(line);
      if (step !== undefined) progress?.(`${name}: ${step}`);
    },
    signal,
  });
}

/** mmdebstrap tells its steps as `I: installing packages...`. */
function stepOf(line: string): string | undefined {
  return /^I: ([^/]*?)\.*$/.exec(line)?.[1];
}
