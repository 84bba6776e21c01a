import { chmod, chown, cp, lchown, lstat, mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { runSubprocess } from "./subprocess.ts";
import { isSystemError, unlessAbsent } from "./system-error.ts";

/** A home that cannot be made, or must not be touched; the message says what to do. */
export class HomeDirectoryError extends Error {
  override readonly name = "HomeDirectoryError";
}

export interface HomeOptions {
  /** Where all homes are, e.g. /mnt/shared/home. */
  readonly root: string;
  /** What each new home begins with, e.g. /etc/skel. */
  readonly skeleton: string;
}

export interface HomeOwner {
  readonly number: number;
  readonly groupNumber: number;
}

const HOME_MODE = 0o700;
const RM = "/bin/rm";
/** Millions of small files over NFS take as long. */
const REMOVAL_TIMEOUT_MS = 6 * 3600 * 1000;

/** The path of a user's home. Names have neither slashes nor dots. */
export function homeOf({ root }: Pick<HomeOptions, "root">, name: string): string {
  return join(root, name);
}

/**
 * The number that owns a user's home; undefined when there is none.
 * @throws HomeDirectoryError when something else stands there
 */
export async function homeOwner(options: HomeOptions, name: string): Promise<number | undefined> {
  const home = homeOf(options, name);
  const stat = await explained(options, () => unlessAbsent(lstat(home)));
  if (stat === undefined || stat.isDirectory()) return stat?.uid;
  throw new HomeDirectoryError(`${home} is no directory; move it away`);
}

/** The numbers that own what is in the directory of homes: none of them may become a new user's. */
export async function homeOwners(options: HomeOptions): Promise<readonly number[]> {
  const names = await explained(options, () => readdir(options.root));
  const stats = await Promise.all(
    names.map((name) => unlessAbsent(lstat(join(options.root, name)))),
  );
  return stats.flatMap((stat) => (stat === undefined ? [] : [stat.uid]));
}

/** @throws HomeDirectoryError when there is nothing to begin a home with */
export async function checkSkeleton(options: HomeOptions): Promise<void> {
  await explained(options, () => readdir(options.skeleton));
}

/**
 * The file in a home from which sshd takes keys before it asks the directory; undefined when there is none. It is only asked
 * whether it is there: it is the user's, and a link in its place may lead anywhere.
 * @throws HomeDirectoryError
 */
export async function ownKeysOf(options: HomeOptions, name: string): Promise<string | undefined> {
  const place = join(homeOf(options, name), ".ssh");
  const stat = await explained(options, () => unlessAbsent(lstat(place)));
  if (stat?.isSymbolicLink() === true) return place;
  if (stat?.isDirectory() !== true) return undefined;
  for (const file of KEY_FILES) {
    const path = join(place, file);
    if ((await explained(options, () => unlessAbsent(lstat(path)))) !== undefined) return path;
  }
  return undefined;
}

/** sshd_config(5), AuthorizedKeysFile. */
const KEY_FILES = ["authorized_keys", "authorized_keys2"];

/**
 * Makes a home as a whole: it is filled under another name, where nobody but root can reach it, and then renamed. What a
 * run that was killed left of that goes first.
 * @throws HomeDirectoryError, and nothing is left
 */
export async function makeHome(
  options: HomeOptions,
  name: string,
  owner: HomeOwner,
): Promise<void> {
  // A user's name begins with a letter, so this is nobody's home.
  const draft = join(options.root, `.new-${name}`);
  await explained(options, async () => {
    await rm(draft, { recursive: true, force: true });
    try {
      await mkdir(draft, { mode: HOME_MODE });
      await cp(options.skeleton, draft, { recursive: true, verbatimSymlinks: true });
      await chmod(draft, HOME_MODE);
      await giveAll(draft, owner);
      await rename(draft, homeOf(options, name));
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      throw error;
    }
  });
}

/**
 * What is within first: as long as the top is root's, nobody else reaches it. A link itself is given, and never followed: what
 * it leads to may be everybody's. Not readdir's own recursion, which goes through links to directories (Node 20.20).
 */
async function giveAll(directory: string, owner: HomeOwner): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await giveAll(path, owner);
    else await lchown(path, owner.number, owner.groupNumber);
  }
  await lchown(directory, owner.number, owner.groupNumber);
}

/**
 * Removes a home with everything in it, but for other file systems that are mounted there. False when there was none.
 * @throws HomeDirectoryError when it is not that user's, or something could not be removed
 */
export async function removeHome(
  options: HomeOptions,
  name: string,
  number: number,
): Promise<boolean> {
  const home = homeOf(options, name);
  const owner = await homeOwner(options, name);
  if (owner === undefined) return false;
  // Root owns it when a run was killed between here and the end.
  if (owner !== number && owner !== 0)
    throw new HomeDirectoryError(
      `${home} belongs to ${owner} and not to ${name} (${number}); it was not removed`,
    );
  await explained(options, () => chown(home, 0, 0).then(() => chmod(home, HOME_MODE)));
  // rm(1) goes from directory to directory by descriptors: its user, who may still run programs, can lead it nowhere else.
  const result = await runSubprocess({
    program: RM,
    arguments: ["--recursive", "--force", "--one-file-system", "--", home],
    environment: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
    timeoutMs: REMOVAL_TIMEOUT_MS,
    outputBytesMax: 16 * 1024 * 1024,
  });
  if (result.exitCode === 0) return true;
  const words = result.stderr.split("\n")[0] ?? "";
  throw new HomeDirectoryError(
    `${home} could not be removed whole: ${words || (result.failure?.kind ?? "no message")}`,
  );
}

/** Of a system's error it says what to do. */
export async function explained<Value>(
  options: HomeOptions,
  work: () => Promise<Value>,
): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new HomeDirectoryError(`${describe(error, options)} (${error.message})`, {
      cause: error,
    });
  }
}

function describe({ code, path }: NodeJS.ErrnoException, { root, skeleton }: HomeOptions): string {
  if (code === "ENOENT" && path?.startsWith(skeleton) === true) return `${skeleton} is not there`;
  switch (code ?? "") {
    case "ENOENT":
    case "ENOTDIR":
      return `${root} is not there; is the shared file system mounted? If it is: sudo mkdir -m 0755 ${root}`;
    case "EACCES":
    case "EPERM":
      return `root may not make homes in ${root}; the export must not squash root for this computer (File Storage: identity squash NONE)`;
    case "EROFS":
      return `${root} is mounted read-only`;
    case "ENOSPC":
    case "EDQUOT":
      return `the file system of ${root} is full`;
    default:
      return `${root} cannot be used`;
  }
}
