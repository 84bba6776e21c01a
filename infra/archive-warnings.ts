import { stateOfArchive, type ExpectedArchive } from "../nodectl/build/build.ts";
import type { Problem } from "../nodectl/domain/problem.ts";

/**
 * Said at synth, which needs no archive: a deploy refuses one that is not there or not made of today's sources (archive.ts),
 * but only once Terraform has installed the provider and asked OCI for everything else.
 */
export async function archiveWarnings(
  archive: ExpectedArchive,
  name: string,
): Promise<readonly Problem[]> {
  const fix = `run \`npm run build -- --arch ${archive.architecture}\` before \`npx cdktf deploy\``;
  switch (await stateOfArchive(archive)) {
    case "up-to-date":
      return [];
    case "stale":
      return [{ file: name, message: "this was built of other sources than are here now", fix }];
    case "missing":
      return [{ file: name, message: "there is no such file", fix }];
  }
}
