import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  checkSkeleton,
  homeOwner,
  homeOwners,
  makeHome,
  ownKeysOf,
  removeHome,
} from "../../../nodectl/files/home-directory.ts";

const { uid, gid } = userInfo();
/** Only root may give files away. */
const isRoot = uid === 0;
const owner = isRoot ? { number: 12_345, groupNumber: 12_346 } : { number: uid, groupNumber: gid };

let place: string;
let options: { root: string; skeleton: string };

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "homes-"));
  options = { root: join(place, "home"), skeleton: join(place, "skel") };
  mkdirSync(options.root);
  mkdirSync(join(options.skeleton, "bin"), { recursive: true });
  writeFileSync(join(options.skeleton, ".bashrc"), "# mine\n");
  writeFileSync(join(options.skeleton, "bin/run"), "#!/bin/sh\n");
  chmodSync(join(options.skeleton, "bin/run"), 0o755);
  symlinkSync("/etc/passwd", join(options.skeleton, "link"));
});

afterEach(() => {
  rmSync(place, { recursive: true });
});

describe("makeHome()", () => {
  it("makes the skeleton's copy, all of it the user's, closed to others", async () => {
    await makeHome(options, "ada", owner);
    const home = join(options.root, "ada");
    expect(lstatSync(home).mode & 0o777).toBe(0o700);
    expect(lstatSync(join(home, "bin/run")).mode & 0o777).toBe(0o755);
    expect(lstatSync(join(home, "link")).isSymbolicLink()).toBe(true);
    for (const entry of ["", ".bashrc", "bin", "bin/run", "link"]) {
      const { uid: number, gid: groupNumber } = lstatSync(join(home, entry));
      expect({ number, groupNumber }).toEqual(owner);
    }
    expect(lstatSync("/etc/passwd").uid).toBe(0);
    expect(await homeOwner(options, "ada")).toBe(owner.number);
    expect(await homeOwners(options)).toEqual([owner.number]);
  });

  it.runIf(isRoot)("gives nothing away that a link of the skeleton leads to", async () => {
    const scratch = join(place, "scratch");
    mkdirSync(scratch);
    writeFileSync(join(scratch, "everybodys"), "x");
    symlinkSync(scratch, join(options.skeleton, "scratch"));
    await makeHome(options, "ada", owner);
    expect(lstatSync(join(options.root, "ada/scratch")).uid).toBe(owner.number);
    for (const path of [scratch, join(scratch, "everybodys")]) expect(lstatSync(path).uid).toBe(0);
  });

  it("begins anew where a run was killed", async () => {
    mkdirSync(join(options.root, ".new-ada/bin"), { recursive: true });
    await makeHome(options, "ada", owner);
    expect(readdirSync(options.root)).toEqual(["ada"]);
    expect(readFileSync(join(options.root, "ada/.bashrc"), "utf8")).toBe("# mine\n");
  });

  it("leaves nothing when it fails", async () => {
    rmSync(options.skeleton, { recursive: true });
    await expect(makeHome(options, "ada", owner)).rejects.toThrow(/skel is not there/);
    expect(readdirSync(options.root)).toEqual([]);
  });

  it("says that the file system may not be mounted", async () => {
    rmSync(options.root, { recursive: true });
    await expect(makeHome(options, "ada", owner)).rejects.toThrow(
      /is the shared file system mounted\?/,
    );
    await expect(homeOwners(options)).rejects.toThrow(/is the shared file system mounted\?/);
  });

  it.skipIf(isRoot)("says what to do where root is nobody", async () => {
    await expect(makeHome(options, "ada", { number: 0, groupNumber: 0 })).rejects.toThrow(
      /must not squash root/,
    );
  });
});

describe("ownKeysOf()", () => {
  it("finds the file of keys in a home, and a link in its place or its directory's", async () => {
    await makeHome(options, "ada", owner);
    const ssh = join(options.root, "ada/.ssh");
    expect(await ownKeysOf(options, "ada")).toBeUndefined();
    mkdirSync(ssh);
    expect(await ownKeysOf(options, "ada")).toBeUndefined();
    writeFileSync(join(ssh, "authorized_keys2"), "x");
    expect(await ownKeysOf(options, "ada")).toBe(join(ssh, "authorized_keys2"));
    symlinkSync("/nowhere", join(ssh, "authorized_keys"));
    expect(await ownKeysOf(options, "ada")).toBe(join(ssh, "authorized_keys"));
    rmSync(ssh, { recursive: true });
    symlinkSync("/nowhere", ssh);
    expect(await ownKeysOf(options, "ada")).toBe(ssh);
    expect(await ownKeysOf(options, "bob")).toBeUndefined();
  });
});

describe("checkSkeleton()", () => {
  it("says that there is nothing to begin a home with", async () => {
    await checkSkeleton(options);
    rmSync(options.skeleton, { recursive: true });
    await expect(checkSkeleton(options)).rejects.toThrow(/skel is not there/);
  });
});

describe("removeHome()", () => {
  it.runIf(isRoot)("removes it with everything, but what its links lead to", async () => {
    await makeHome(options, "ada", owner);
    const precious = join(place, "precious");
    mkdirSync(precious);
    writeFileSync(join(precious, "file"), "x");
    symlinkSync(precious, join(options.root, "ada/there"));
    expect(await removeHome(options, "ada", owner.number)).toBe(true);
    expect(existsSync(join(precious, "file"))).toBe(true);
    expect(readdirSync(options.root)).toEqual([]);
    expect(await removeHome(options, "ada", owner.number)).toBe(false);
  });

  it.runIf(isRoot)("goes on where a run was killed, after which root owns it", async () => {
    mkdirSync(join(options.root, "ada/bin"), { recursive: true });
    expect(await removeHome(options, "ada", owner.number)).toBe(true);
  });

  it("touches nothing of somebody else's", async () => {
    await makeHome(options, "ada", owner);
    await expect(removeHome(options, "ada", owner.number + 1)).rejects.toThrow(
      /belongs to .* it was not removed/,
    );
    expect(readdirSync(join(options.root, "ada"))).toHaveLength(3);
  });

  it("follows no link that stands in a home's place", async () => {
    symlinkSync(options.skeleton, join(options.root, "ada"));
    await expect(removeHome(options, "ada", uid)).rejects.toThrow(/is no directory/);
    expect(existsSync(join(options.skeleton, ".bashrc"))).toBe(true);
  });
});
