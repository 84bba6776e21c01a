import { expect, it } from "vitest";
import { lookAtSpace } from "../../../../nodectl/commands/doctor/look-at-files.ts";

it("looks at each file system once, by its uppermost directory, which is where a person looks for what fills it", async () => {
  const paths = ["/proc/sys/kernel", "/nowhere/at/all", "/proc/sys", "/"];
  const sights = await lookAtSpace(paths);
  expect(sights.map(({ path }) => path)).toEqual(["/proc", "/"]);
  expect(sights[0]).toEqual({ path: "/proc", freeBytes: 0, freeFiles: 0, filesMax: 0 });
  expect(sights[1]?.freeBytes).toBeGreaterThan(0);
});
