import { describe, expect, it } from "vitest";
import {
  changed,
  CHECKOUT,
  COMMIT,
  MINIMAL,
  problemLines,
  valid,
  warningLines,
} from "../settings-fixture.ts";

describe("the playbooks' default", () => {
  it("is the tag that the folder is at, else its commit", () => {
    const checkout = { ...CHECKOUT, tag: "v1.4" };
    expect(valid(MINIMAL, { checkout }).settings.ansible.ref).toBe("v1.4");
    expect(valid(MINIMAL).settings.ansible.ref).toBe(COMMIT);
  });

  it("is the folder's state for a repository that is written and is its own", () => {
    const text = changed("ansible: { repository: 'https://git.example/lab/citc.git' }");
    expect(valid(text).settings.ansible.ref).toBe(COMMIT);
  });

  it("warns when the machines could not get it, or would get something else", () => {
    const checkout = { ...CHECKOUT, isOnRemote: false, changedFileCount: 3 };
    expect(warningLines(MINIMAL, { checkout })).toEqual([
      `cluster.yaml: ansible: ref: ${COMMIT}: no branch of origin has this commit, as far as git knows here; push it before you deploy, or the management node cannot get it`,
      `cluster.yaml: ansible: ref: ${COMMIT}: 3 files differ from this commit, which the cluster will not see; commit and push them, if they matter`,
    ]);
    expect(warningLines(changed("ansible: { ref: v1 }"), { checkout })).toEqual([]);
    const one = { ...CHECKOUT, changedFileCount: 1 };
    expect(warningLines(MINIMAL, { checkout: one })[0]).toContain(": 1 file differs from this");
  });

  it.each([
    [{ ...CHECKOUT, remoteUrl: undefined }, "this folder's repository has no remote origin"],
    [
      { kind: "none" as const, reason: "fatal: not a git repository" },
      "nothing is known of this folder's repository (fatal: not a git repository)",
    ],
    [
      { ...CHECKOUT, remoteUrl: "me@nas:/srv/x.git" },
      "the remote origin (me@nas:/srv/x.git) has no https form that is clear",
    ],
  ])("is asked for when nobody can tell it: %j", (checkout, message) => {
    const said = problemLines(MINIMAL, { checkout });
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(`cluster.yaml: ansible: repository: ${message}`);
    expect(said[0]).toContain("write `repository:`, an https URL, and `ref:`, a tag or commit");
  });

  it("is not needed when both are written", () => {
    const text = changed("ansible: { repository: 'https://other.example/x', ref: v1 }");
    const checkout = { kind: "none" as const, reason: "no git" };
    expect(valid(text, { checkout }).settings.ansible.repository).toBe("https://other.example/x");
  });
});
