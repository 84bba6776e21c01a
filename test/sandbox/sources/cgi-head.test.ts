import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { readCgiHead } from "./cgi-head.ts";

function outputOf(...chunks: string[]): Readable {
  return Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
}

test("readCgiHead() reads status and headers, and leaves the content", async () => {
  const output = outputOf(
    "Status: 403 Forbidden\r\nExpires: Fri, 01 ",
    "Jan 1980\r\n\r",
    "\nab",
    "c",
  );
  const { status, headers, rest } = await readCgiHead(output);
  expect({ status, headers }).toEqual({ status: 403, headers: { expires: "Fri, 01 Jan 1980" } });
  expect(rest.toString() + (await text(output))).toBe("abc");
});

test("readCgiHead() takes an answer without a status for a success", async () => {
  const { status, rest } = await readCgiHead(outputOf("Content-Type: text/plain\r\n\r\n"));
  expect([status, rest.length]).toEqual([200, 0]);
});

test("readCgiHead() rejects output that ends or grows without a head", async () => {
  await expect(readCgiHead(outputOf("fatal: not a repository\n"))).rejects.toThrow(/24 bytes/);
  const line = `${"x".repeat(9000)}\r\n`;
  await expect(readCgiHead(outputOf(line, line, line))).rejects.toThrow(/no CGI head/);
});
