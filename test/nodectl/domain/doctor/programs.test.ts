import { describe, expect, it } from "vitest";
import { PROGRAMS, SCRIPTS } from "../../../../nodectl/build/bundle.ts";
import {
  interpreterOf,
  judgePrograms,
  NODE_PROGRAMS,
  type ProgramSight,
  SHELL_PROGRAMS,
} from "../../../../nodectl/domain/doctor/programs.ts";

const STARTNODE: ProgramSight = {
  ...{ path: "/usr/local/bin/startnode", kind: "file", mode: 0o755, ownerUid: 0 },
  interpreter: { path: "/bin/sh", kind: "file", mode: 0o755, ownerUid: 0 },
};

describe("judgePrograms()", () => {
  it("says in one line that all are as the archive has them", () => {
    expect(judgePrograms([STARTNODE, { ...STARTNODE, path: "/usr/local/bin/stopnode" }])).toEqual([
      { kind: "ok", seen: "2 files belong to root, who alone may write to them" },
    ]);
  });

  it.each([0o775, 0o757, 0o777])("refuses what Slurm refuses: mode %o", (mode) => {
    expect(judgePrograms([{ ...STARTNODE, mode }])).toEqual([
      {
        kind: "wrong",
        seen: `/usr/local/bin/startnode has mode 0${mode.toString(8)}`,
        fix: "chmod 0755 /usr/local/bin/startnode: Slurm refuses programs that group or others may write to",
      },
    ]);
  });

  it("warns of an owner who may change what root runs", () => {
    expect(judgePrograms([{ ...STARTNODE, ownerUid: 1000 }])).toMatchObject([
      { kind: "warning", fix: expect.stringMatching(/^chown root:root \S+startnode:/) as string },
    ]);
  });

  it("finds a program that is missing, no file, or not executable", () => {
    const absent = { ...STARTNODE, kind: "absent" } as const;
    const folder = { ...STARTNODE, kind: "directory" } as const;
    const plain = { ...STARTNODE, mode: 0o644 };
    for (const sight of [absent, folder, plain]) {
      expect(judgePrograms([sight])).toMatchObject([{ kind: "wrong" }]);
    }
  });

  it("does not ask a library to be executable", () => {
    const library = { ...STARTNODE, mode: 0o644, isLibrary: true };
    expect(judgePrograms([library])).toMatchObject([{ kind: "ok" }]);
  });

  it("finds an interpreter that is missing or cannot be run", () => {
    const absent = { path: "/opt/citc/bin/node", kind: "absent", mode: 0, ownerUid: 0 } as const;
    expect(judgePrograms([{ ...STARTNODE, interpreter: absent }])).toMatchObject([
      { seen: "/usr/local/bin/startnode needs /opt/citc/bin/node, which is not there" },
    ]);
    const plain = { ...absent, kind: "file", mode: 0o644 } as const;
    expect(judgePrograms([{ ...STARTNODE, interpreter: plain }])).toMatchObject([
      { kind: "wrong", seen: expect.stringContaining("cannot be run") as string },
    ]);
  });

  it("finds a program that Slurm's user may not run although its mode is right", () => {
    expect(judgePrograms([{ ...STARTNODE, isRefusedTo: "slurm" }])).toMatchObject([
      { kind: "wrong", seen: "slurm may not run /usr/local/bin/startnode (0755)" },
    ]);
  });

  it("looks at all that the archive brings", () => {
    expect([...NODE_PROGRAMS]).toEqual([...PROGRAMS]);
    expect([...SHELL_PROGRAMS]).toEqual([...SCRIPTS]);
  });
});

describe("interpreterOf()", () => {
  it("reads a first line, through env as well", () => {
    expect(interpreterOf("#!/bin/sh\n# more")).toBe("/bin/sh");
    expect(interpreterOf("#! /usr/bin/perl -w")).toBe("/usr/bin/perl");
    expect(interpreterOf("#!/usr/bin/env -S /opt/citc/bin/node --no-opt\n")).toBe(
      "/opt/citc/bin/node",
    );
    expect(interpreterOf("#!/usr/bin/env node\n")).toBe("/usr/bin/env");
  });

  it("knows that a binary has none", () => {
    expect(interpreterOf("\u007fELF\u0002\u0001")).toBeUndefined();
    expect(interpreterOf("")).toBeUndefined();
  });
});
