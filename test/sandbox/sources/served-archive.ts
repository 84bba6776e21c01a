import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";

/** nodectl's archive as machines get it. */
export interface ServedArchive {
  readonly file: string;
  /** In hexadecimal; playbooks refuse what has another one. */
  readonly sha256: string;
}

const NAME = "nodectl.tar.gz";

/** Copies the archive into a directory of ours: a build that comes meanwhile changes nothing for a machine that fetches. */
export async function copyArchive(source: string, directory: string): Promise<ServedArchive> {
  const file = join(directory, NAME);
  await copyFile(source, file, constants.COPYFILE_FICLONE);
  const sha256 = createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
  return { file, sha256 };
}
