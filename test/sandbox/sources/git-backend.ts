import { spawn } from "node:child_process";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { readCgiHead } from "./cgi-head.ts";
import type { ServedRepository } from "./git-repository.ts";

/** One fetch; a machine that reads no further does not keep a process for ever. */
const SECONDS_MAX = 120;

/** What git sends to fetch, and nothing to push. */
const FETCH_PATHS = [
  ["GET", "/info/refs", "service=git-upload-pack"],
  ["POST", "/git-upload-pack", ""],
] as const;

/** Whether a request of git's smart protocol reads: the path is that below the repository's own. */
export function isFetch(method: string, path: string, query: string): boolean {
  return FETCH_PATHS.some((known) => [method, path, query].every((part, i) => part === known[i]));
}

/**
 * Answers a fetch by git http-backend (its manual: a CGI program). Rejects when the connection breaks or the program fails.
 * @param path below the directory that the repository lies in
 */
export async function answerByGit(
  { directory, environment }: ServedRepository,
  { path, query }: { readonly path: string; readonly query: string },
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): Promise<void> {
  const { headers } = request;
  const child = spawn("timeout", [String(SECONDS_MAX), "git", "http-backend"], {
    env: {
      ...environment,
      GIT_PROJECT_ROOT: directory,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: path,
      QUERY_STRING: query,
      REQUEST_METHOD: request.method,
      REMOTE_ADDR: request.socket.remoteAddress,
      CONTENT_TYPE: headers["content-type"],
      ...(headers["content-length"] && { CONTENT_LENGTH: headers["content-length"] }),
      ...(headers["content-encoding"] && { HTTP_CONTENT_ENCODING: headers["content-encoding"] }),
      GIT_PROTOCOL: headers["git-protocol"] as string | undefined,
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  response.once("close", () => child.kill());
  await Promise.all([pipeline(request, child.stdin), sendAnswer(child.stdout, response)]);
}

async function sendAnswer(output: Readable, response: ServerResponse): Promise<void> {
  const { status, headers, rest } = await readCgiHead(output);
  response.writeHead(status, headers);
  response.write(rest);
  await pipeline(output, response);
}
