import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readKeySources, type KeySources } from "../../../nodectl/cli/key-sources.ts";
import { ED25519, keyLine } from "../domain/user/key-samples.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "keys-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

function file(text: string): string {
  const path = join(directory, "some.pub");
  writeFileSync(path, text);
  return path;
}

/** A web of pages; whatever is not there is 404. */
function web(
  pages: Readonly<Record<string, () => Response>>,
): KeySources & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    stdin: Readable.from([Buffer.from(keyLine(9))]),
    deadlineMs: 50,
    fetch: async (url, init) => {
      await Promise.resolve();
      const address = typeof url === "string" ? url : "";
      asked.push(address);
      expect(init?.redirect).toBe("manual");
      if (address.endsWith("/hangs")) {
        return new Promise((_resolve, reject) => {
          init?.signal?.addEventListener("abort", () => {
            reject(new Error("aborted"));
          });
        });
      }
      if (address.endsWith("/refused"))
        throw new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED") });
      return pages[address]?.() ?? new Response("no", { status: 404 });
    },
  };
}

function redirection(location: string): () => Response {
  return () => new Response(null, { status: 302, headers: { location } });
}

async function comments(words: readonly string[], sources = web({})): Promise<readonly string[]> {
  const keys = await readKeySources(words, sources);
  if (keys.kind === "invalid") throw new Error(keys.message);
  return keys.value.map(({ comment }) => comment);
}

describe("readKeySources()", () => {
  it("reads files, standard input, URLs and keys as they stand, each key once", async () => {
    const sources = web({
      "https://x/a.keys": () => new Response(`${keyLine(1)}\n${keyLine(9, "again")}\n`),
    });
    const words = [file(`${ED25519}\n`), "-", "https://x/a.keys", keyLine(2)];
    expect(await comments(words, sources)).toEqual(["ada@laptop", "key 9", "key 1", "key 2"]);
    expect(await comments([])).toEqual([]);
  });

  it("follows a URL to where it leads, over https", async () => {
    const sources = web({
      "https://x/a": redirection("/b"),
      "https://x/b": redirection("https://y/c"),
      "https://y/c": () => new Response(keyLine(1)),
    });
    expect(await comments(["https://x/a"], sources)).toEqual(["key 1"]);
    expect(sources.asked).toEqual(["https://x/a", "https://x/b", "https://y/c"]);
  });

  it.each([
    ["https://x/none", /was answered with 404; check the address/],
    ["https://x/empty", /has no key in it/],
    ["https://x/large", /more than 64 kB/],
    ["https://x/html", /line 1: no public key stands here/],
    ["https://x/loop", /leads on more than 3 times/],
    ["https://x/http", /leads to http:\/\/x\/, which is not https/],
    ["https://x/hangs", /no answer within 0.05 s/],
    ["https://x/refused", /connect ECONNREFUSED/],
    ["http://x/a.keys", /over https only; write https/],
    ["file:///etc/shadow", /over https only/],
    ["/nowhere/a.pub", /there is no such file/],
    ["/", /this is not a file/],
    [`no-pty ${ED25519}`, /the key: line 1: options before a key are not accepted/],
  ])("refuses %s", async (word, message) => {
    const sources = web({
      "https://x/empty": () => new Response(""),
      "https://x/large": () => new Response("x".repeat(70_000)),
      "https://x/html": () => new Response("<html>"),
      "https://x/loop": redirection("/loop"),
      "https://x/http": redirection("http://x/"),
    });
    expect(await readKeySources([word], sources)).toMatchObject({
      kind: "invalid",
      message: expect.stringMatching(message) as string,
    });
  });

  it("reads no more of standard input than keys have", async () => {
    const stdin = Readable.from(Array.from({ length: 100 }, () => Buffer.alloc(1024, "x")));
    const keys = await readKeySources(["-"], { ...web({}), stdin });
    expect(keys).toMatchObject({
      message: expect.stringContaining("standard input: more than 64 kB") as string,
    });
  });

  it("takes 50 keys of all sources together", async () => {
    const lines = (from: number): string =>
      Array.from({ length: 30 }, (_, index) => keyLine(from + index)).join("\n");
    const words = [file(lines(0)), "https://x/more"];
    const sources = web({ "https://x/more": () => new Response(lines(30)) });
    expect(await readKeySources(words, sources)).toMatchObject({
      message: expect.stringContaining("60 keys") as string,
    });
  });
});
