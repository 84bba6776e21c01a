import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { keepTail } from "../machines/keep-tail.ts";
import { SYSTEM_PATH } from "../requirements.ts";

/** A bare repository that can be served. */
export interface ServedRepository {
  /** It lies there as REPOSITORY_NAME. */
  readonly directory: string;
  /** For every git that touches it. */
  readonly environment: Readonly<Record<string, string>>;
}

export const REPOSITORY_NAME = "citc.git";

/**
 * Any commit may be asked for, as from the great hosts of git: ansible-pull fetches the one that it is to check out. The checkout of a person who
 * calls us with sudo is not ours, which git otherwise refuses.
 */
const SETTINGS = `[safe]
	directory = *
[uploadpack]
	allowAnySHA1InWant = true
`;

/**
 * Copies what is committed in a repository, HEAD included, into a directory of ours: what is served does not change under a machine that fetches.
 * @throws Error that names the repository
 */
export async function copyRepository(source: string, directory: string): Promise<ServedRepository> {
  const settings = join(directory, "gitconfig");
  await writeFile(settings, SETTINGS);
  const environment = { PATH: SYSTEM_PATH, GIT_CONFIG_GLOBAL: settings, GIT_CONFIG_NOSYSTEM: "1" };
  const target = join(directory, REPOSITORY_NAME);
  const child = spawn("git", ["clone", "--quiet", "--bare", "--", source, target], {
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = keepTail([child.stdout, child.stderr]);
  const [exitCode] = (await once(child, "close")) as [number | null];
  if (exitCode !== 0) throw new Error(`${source} cannot be copied with git: ${output()}`);
  return { directory, environment };
}
