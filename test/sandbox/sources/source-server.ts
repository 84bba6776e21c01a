import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Log } from "../../../nodectl/domain/log.ts";
import { errorText } from "../../../nodectl/domain/error-text.ts";
import { closeServer, urlOf } from "../api/listen.ts";
import { answerByGit, isFetch } from "./git-backend.ts";
import { REPOSITORY_NAME, type ServedRepository } from "./git-repository.ts";
import { answerWithFile, answerWithPackage } from "./package-files.ts";

export interface SourceServerOptions {
  readonly hosts: readonly string[];
  /** Default SOURCES_PORT; 0: the system chooses. */
  readonly port?: number;
  readonly repository: ServedRepository;
  /** A flat repository of Debian packages. */
  readonly packagesDirectory: string;
  /** The file that `npm run build` made; absent: there is none to fetch. */
  readonly archive?: string | undefined;
  readonly log: Log;
}

/** Twenty machines that boot at once fetch once and install with one connection each. */
const REQUESTS_MAX = 100;
/** Beside OCI's API, which is at port 80 of the same addresses. */
const SOURCES_PORT = 8080;
const GIT_PATH = `/git/${REPOSITORY_NAME}`;
const PACKAGES_PATH = "/packages/";
const ARCHIVE_PATH = "/nodectl.tar.gz";

/** Where machines find what they install, as on OCI they find it in the internet: read-only, plain HTTP. */
export interface SourceUrls {
  readonly git: string;
  /** For a line of sources.list: `deb [trusted=yes] <URL> ./`. */
  readonly packages: string;
  /** nodectl's archive, as it lies in a bucket on OCI. */
  readonly archive: string;
}

export function sourceUrls(host: string): SourceUrls {
  return urlsBelow(`http://${host}:${SOURCES_PORT}`);
}

function urlsBelow(base: string): SourceUrls {
  return {
    git: `${base}${GIT_PATH}`,
    packages: `${base}${PACKAGES_PATH}`,
    archive: `${base}${ARCHIVE_PATH}`,
  };
}

export interface SourceServer {
  /** As the first host's. */
  readonly urls: SourceUrls;
  /** Ends every connection, also those that hang. */
  close(): Promise<void>;
}

/** Serves a git repository, Debian packages and nodectl's archive. Rejects with the system's error when a place is taken. */
export async function startSourceServer(options: SourceServerOptions): Promise<SourceServer> {
  const { hosts, port = SOURCES_PORT } = options;
  let openCount = 0;
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    openCount += 1;
    response.once("close", () => {
      openCount -= 1;
    });
    if (openCount > REQUESTS_MAX) {
      end(response, 503, "too many requests at once");
      return;
    }
    void handle(options, request, response);
  };
  const servers = hosts.map((host) => createServer(onRequest).listen({ host, port }));
  await Promise.all(servers.map((server) => once(server, "listening")));
  return {
    urls: urlsBelow(urlOf(servers[0])),
    close: async () => {
      await Promise.all(servers.map(closeServer));
    },
  };
}

async function handle(
  options: SourceServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    if (!(await answer(options, request, response))) end(response, 404, "there is nothing here");
  } catch (error) {
    options.log.warn("A machine did not get what it asked for", {
      action: `${request.method ?? ""} ${request.url ?? ""}`,
      reason: errorText(error),
    });
    if (response.headersSent) response.destroy();
    else end(response, 500, errorText(error));
  }
}

/** False: not found. */
async function answer(
  { repository, packagesDirectory, archive }: SourceServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const { method = "", url = "" } = request;
  const [path = "", query = ""] = url.split("?", 2);
  if (path.startsWith(`${GIT_PATH}/`)) {
    if (!isFetch(method, path.slice(GIT_PATH.length), query)) return false;
    await answerByGit(
      repository,
      { path: path.slice("/git".length), query },
      { request, response },
    );
    return true;
  }
  const isReading = method === "GET" || method === "HEAD";
  if (!isReading) return false;
  if (path === ARCHIVE_PATH && archive !== undefined) {
    return answerWithFile(archive, { method, response });
  }
  if (!path.startsWith(PACKAGES_PATH)) return false;
  // apt writes `<URL>/./<file>`.
  const name = path.slice(PACKAGES_PATH.length).replace(/^(\.\/)+/, "");
  return answerWithPackage(packagesDirectory, name, { method, response });
}

function end(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { "content-type": "text/plain" });
  response.end(`${text}\n`);
}
