import { describe, expect, it } from "vitest";
import { judgeSpace, type SpaceSight } from "../../../../nodectl/domain/doctor/free-space.ts";

const MIB = 1024 * 1024;
const ROOM: SpaceSight = {
  path: "/var/log/slurm",
  freeBytes: 2048 * MIB,
  freeFiles: 50_000,
  filesMax: 100_000,
};

describe("judgeSpace()", () => {
  it("names the least of what is left", () => {
    expect(judgeSpace([ROOM, { ...ROOM, path: "/", freeBytes: 600 * MIB }])).toEqual([
      { kind: "ok", seen: "at least 600 MiB free" },
    ]);
  });

  it("warns before a disk is full, and finds one that is", () => {
    const little = { ...ROOM, freeBytes: 400 * MIB };
    const none = { ...ROOM, path: "/", freeBytes: 3 * MIB };
    expect(judgeSpace([little, none])).toMatchObject([
      { kind: "warning", seen: "/var/log/slurm has room for 400 MiB only" },
      {
        kind: "wrong",
        seen: "/ has room for 3 MiB only",
        fix: "free some: du -xh / | sort -h | tail",
      },
    ]);
  });

  it("counts files too, where the file system does", () => {
    expect(judgeSpace([{ ...ROOM, freeFiles: 0 }])).toMatchObject([
      { kind: "wrong", seen: "/var/log/slurm has room for 0 more files only" },
    ]);
    expect(judgeSpace([{ ...ROOM, freeFiles: 0, filesMax: 0 }])).toMatchObject([{ kind: "ok" }]);
  });
});
