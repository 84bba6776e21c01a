import { describe, expect, it } from "vitest";
import { httpsRemoteOf } from "../../../infra/settings-file/remote-url.ts";

describe("httpsRemoteOf()", () => {
  it.each([
    ["https://git.example/lab/citc.git", "https://git.example/lab/citc.git"],
    ["https://me:hunter2@git.example/lab/citc", "https://git.example/lab/citc"],
    ["https://hunter2@git.example:8443/citc", "https://git.example:8443/citc"],
    ["git@git.example:lab/citc.git", "https://git.example/lab/citc.git"],
    ["ssh://git@git.example/lab/citc.git", "https://git.example/lab/citc.git"],
  ])("turns %s into %s", (remote, url) => {
    expect(httpsRemoteOf(remote)).toEqual({ kind: "https", url });
  });

  it.each([
    "ssh://git@git.example:2222/lab/citc.git",
    "git@git.example:2222/lab/citc.git",
    "git@work:lab/citc.git",
    "git@git.example:/srv/citc.git",
    "me@git.example:lab/citc.git",
    "http://git.example/lab/citc.git",
    "git://git.example/lab/citc.git",
    "/srv/git/citc.git",
    "../citc",
    "file:///srv/git/citc.git",
    "https://git.example/",
    "https://git.example/$(reboot)",
    "http://me:hunter2@git.example/x",
  ])("does not guess what %s is", (remote) => {
    const answer = httpsRemoteOf(remote);
    expect(answer.kind).toBe("unclear");
    expect(JSON.stringify(answer)).not.toContain("hunter2");
  });
});
