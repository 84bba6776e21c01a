import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  readKeySources,
  SOURCES_MAX,
  type KeySources,
} from "../../../nodectl/files/key-sources.ts";
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
): KeySources & { readonly asked: string[]; readonly redirects: Set<unknown> } {
  const asked: string[] = [];
  const redirects = new Set<unknown>();
  return {
    ...{ asked, redirects },
    stdin: Readable.from([Buffer.from(keyLine(9))]),
    deadlineMs: 50,
    fetch: async (url, init) => {
      await Promise.resolve();
      const address = typeof url === "string" ? url : "";
      asked.push(address);
      redirects.add(init?.redirect);
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
    expect([...sources.redirects]).toEqual(["manual"]);
  });

  it.each([
    ["https://x/none", /was answered with 404; check the address/],
    ["https://x/empty", /has no key in it/],
    ["https://x/large", /it is larger than 65536 bytes/],
    ["https://x/latin", /this is not text in UTF-8/],
    ["https://x/nowhere", /leads to https:\/\/, which is no address/],
    ["https://", /"?https:\/\/"? is no address/],
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
      "https://x/latin": () => new Response(Uint8Array.of(0x5a, 0x6f, 0xeb)),
      "https://x/nowhere": redirection("https://"),
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
      message: expect.stringContaining("standard input: it is larger than 65536") as string,
    });
  });

  it("takes 50 keys of all sources together", async () => {
    const lines = (from: number): string =>
      Array.from({ length: 30 }, (_, index) => keyLine(from + index)).join("\n");
    const words = [file(lines(0)), "https://x/more"];
    const sources = web({ "https://x/more": () => new Response(lines(30)) });
    expect(await readKeySources(words, sources)).toMatchObject({
      message: expect.stringContaining("more than the 50 keys") as string,
    });
  });

  it("asks no further once there are more keys than a user may have", async () => {
    const lines = Array.from({ length: 50 }, (_, index) => keyLine(index)).join("\n");
    const sources = web({ "https://x/more": () => new Response(keyLine(51)) });
    const words = [file(lines), "https://x/more", "https://x/never"];
    expect(await readKeySources(words, sources)).toMatchObject({ kind: "invalid" });
    expect(sources.asked).toEqual(["https://x/more"]);
  });

  it("asks nobody when there are too many places", async () => {
    const sources = web({});
    const words = Array.from({ length: SOURCES_MAX + 1 }, (_, index) => `https://x/${index}`);
    expect(await readKeySources(words, sources)).toMatchObject({
      message: expect.stringMatching(/51 places, and 50 are allowed/) as string,
    });
    expect(sources.asked).toEqual([]);
  });

  it.each([
    ["https://x/\u001b[2J", "https://x/\\u{1b}[2J"],
    [`https://x/${"y".repeat(500)}`, "yy…"],
    ["/tmp/\u001b[2J", "/tmp/\\u{1b}[2J"],
    ["https://x/esc", "leads to http://y/"],
  ])("plays with nobody's terminal: %j", async (word, shown) => {
    const sources = web({ "https://x/esc": redirection("http://y/") });
    const read = await readKeySources([word], sources);
    if (read.kind === "valid") throw new Error("valid");
    expect(read.message).toContain(shown);
    expect(read.message).not.toMatch(/\p{C}/u);
    expect(read.message.length).toBeLessThan(200);
  });

  it("hides no defect among the failures of the network", async () => {
    const fetch = (): Promise<Response> => Promise.reject(new TypeError("x is not a function"));
    await expect(readKeySources(["https://x/a"], { ...web({}), fetch })).rejects.toThrow(
      "x is not a function",
    );
  });
});
