import { describe, expect, it } from "vitest";
import {
  judgeSharedMount,
  mountOf,
  parseMounts,
} from "../../../../nodectl/domain/doctor/mounts.ts";

const ROOT = "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,discard";
const SHARED =
  "90 22 0:45 / /mnt/shared rw,relatime shared:50 - nfs4 fss.cluster:/shared rw,vers=4.2,hard";
const DIRECTORY = "/mnt/shared/etc/slurm";

function judged(...lines: readonly string[]) {
  return judgeSharedMount(DIRECTORY, parseMounts(lines.join("\n")));
}

describe("parseMounts()", () => {
  it("reads mount points with blanks, and lines with and without optional fields", () => {
    expect(parseMounts("264 185 0:154 / /a\\040b ro - overlay over\\134lay rw\n\n")).toEqual([
      { mountPoint: "/a b", type: "overlay", source: "over\\lay", isReadOnly: true },
    ]);
  });
});

describe("mountOf()", () => {
  it("takes the longest mount point, and whole names of directories", () => {
    const mounts = parseMounts([ROOT, SHARED].join("\n"));
    expect(mountOf(DIRECTORY, mounts)?.type).toBe("nfs4");
    expect(mountOf("/mnt/shared2/etc", mounts)?.type).toBe("ext4");
  });

  it("takes the later of two at one place", () => {
    const over = SHARED.replace("nfs4", "tmpfs");
    expect(mountOf(DIRECTORY, parseMounts([SHARED, over].join("\n")))?.type).toBe("tmpfs");
  });
});

describe("judgeSharedMount()", () => {
  it("is content with a file system of its own that can be written to", () => {
    expect(judged(ROOT, SHARED)).toEqual({ kind: "ok", seen: "/mnt/shared is mounted (nfs4)" });
  });

  it("finds that nothing is mounted: the machine's own disk is there instead", () => {
    expect(judged(ROOT)).toMatchObject({
      kind: "wrong",
      seen: `no shared file system is mounted at or above ${DIRECTORY}`,
      fix: expect.stringMatching(/^mount -a/) as string,
    });
  });

  it.each([SHARED.replace("rw,relatime", "ro,relatime"), SHARED.replace("rw,vers", "ro,vers")])(
    "finds that it is read-only: %s",
    (line) => {
      expect(judged(ROOT, line)).toMatchObject({
        kind: "wrong",
        fix: "mount -o remount,rw /mnt/shared: finish writes there",
      });
    },
  );
});
