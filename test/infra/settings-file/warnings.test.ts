import { describe, expect, it } from "vitest";
import { changed, COMMIT, warningLines } from "../settings-fixture.ts";

describe("parseSettings() of doubtful settings", () => {
  it("warns of a port that is open to the world", () => {
    expect(warningLines(changed("ssh_cidrs: [198.51.100.0/24, 0.0.0.0/0]"))).toEqual([
      "cluster.yaml:6: ssh_cidrs: 0.0.0.0/0: this lets the whole internet knock at port 22 of the management node; write the addresses of your site, if you know them",
    ]);
  });

  it("warns of half of the world too", () => {
    expect(warningLines(changed("ssh_cidrs: [128.0.0.0/1]"))).toEqual([
      expect.stringContaining("this lets all of 128.0.0.0/1 knock"),
    ]);
  });

  it.each(["main", "6", "feature/x-2", "stable"])("warns of %s, which may be a branch", (ref) => {
    expect(warningLines(changed(`ansible: { ref: ${ref} }`))).toEqual([
      `cluster.yaml:7: ansible: ref: ${ref}: this does not look like a tag or a commit; write one of those: a branch moves, and nodes would differ by when they boot`,
    ]);
  });

  it.each(["v1", "v1.2.3", "release-2.0", "refs/tags/spring", COMMIT, COMMIT.slice(0, 8)])(
    "takes %s for pinned",
    (ref) => {
      expect(warningLines(changed(`ansible: { ref: ${ref} }`))).toEqual([]);
    },
  );
});
