import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

/** The name of a package or of the index: one part of a path, so that nothing else of this computer can be named. */
const FILE_NAME = /^(?!\.)[A-Za-z0-9.+~_-]+$/;

export interface Exchange {
  readonly method: string;
  readonly response: ServerResponse;
}

/** Answers with a file of a flat repository; false: there is none of that name, which is percent-encoded. Rejects when the connection breaks. */
export async function answerWithPackage(
  directory: string,
  name: string,
  exchange: Exchange,
): Promise<boolean> {
  const fileName = decode(name);
  if (!FILE_NAME.test(fileName)) return false;
  return answerWithFile(join(directory, fileName), exchange);
}

/** Answers with a file; false: it is not there. Rejects when the connection breaks. */
export async function answerWithFile(
  file: string,
  { method, response }: Exchange,
): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() !== true) return false;
  response.writeHead(200, {
    "content-type": "application/octet-stream",
    "content-length": found.size,
    "last-modified": found.mtime.toUTCString(),
  });
  if (method === "HEAD") response.end();
  else await pipeline(createReadStream(file), response);
  return true;
}

/** apt encodes `+` and `~` of a version. What is no code stays as it is. */
function decode(text: string): string {
  return text.replaceAll(/%[0-9a-f]{2}/gi, (code) =>
    String.fromCharCode(Number.parseInt(code.slice(1), 16)),
  );
}
