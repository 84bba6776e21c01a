import { join } from "node:path";
import { archivePath } from "../../nodectl/build/build.ts";
import { ARCHITECTURES } from "../../nodectl/build/runtime.ts";

const ROOT = join(import.meta.dirname, "../..");

/** What `npm run build` makes for this computer, wherever its sources are. @throws Error where there is no Node for it */
export function hostArchive(rootDirectory = ROOT): string {
  const architecture = ARCHITECTURES.find((name) => name === process.arch);
  if (architecture === undefined) {
    throw new Error(`there is no archive for ${process.arch}; use a computer of x64 or arm64`);
  }
  return archivePath(rootDirectory, architecture);
}
