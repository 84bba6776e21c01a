import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../../../nodectl/domain/clock.ts";
import type { Log } from "../../../nodectl/domain/log.ts";
import { ApiError, cannotParseRequest } from "./api-error.ts";
import { matchControlRoute, type ControlAnswer, type ControlRoute } from "./control-route.ts";
import type { Door, DoorAnswer } from "./door.ts";
import { parseJson } from "./parse-json.ts";

/** Larger than any body that OCI accepts here: metadata is 32,000 bytes at most. */
const BODY_BYTES_MAX = 1024 * 1024;

const CONTROL_PREFIX = "/control/";

/** Carries requests from node:http to a door and the control routes, and their answers back. */
export class HttpConnection {
  private readonly door: Door;
  private readonly routes: readonly ControlRoute[] | undefined;
  private readonly clock: Clock;
  private readonly log: Log | undefined;

  /** Without routes there is no control API here. */
  constructor(
    door: Door,
    routes: readonly ControlRoute[] | undefined,
    clock: Clock,
    log: Log | undefined,
  ) {
    this.door = door;
    this.routes = routes;
    this.clock = clock;
    this.log = log;
  }

  /** Never rejects: a defect of the sandbox becomes a 500 that says so, and a line in the log. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await readBody(request);
      if (this.routes !== undefined && (request.url ?? "").startsWith(CONTROL_PREFIX)) {
        await this.answerControl(this.routes, request, response, body);
      } else {
        await this.answerAtDoor(request, response, body);
      }
    } catch (error) {
      // A client that is gone needs no answer.
      if (request.destroyed && !request.complete) return;
      if (error instanceof ApiError) sendError(response, error);
      else this.sendDefect(response, error);
    }
  }

  private async answerAtDoor(
    request: IncomingMessage,
    response: ServerResponse,
    body: Buffer,
  ): Promise<void> {
    const { method = "", url = "", headers } = request;
    const { remoteAddress = "" } = request.socket;
    const handled = this.door.answer({ method, url, headers, body, remoteAddress });
    const { answer, entry } = await handled;
    await this.send(request, response, answer);
    if (answer.kind !== "hang") entry.durationMs = this.clock.now() - entry.timeMs;
  }

  private async send(
    request: IncomingMessage,
    response: ServerResponse,
    answer: DoorAnswer,
  ): Promise<void> {
    switch (answer.kind) {
      case "hang":
        return;
      case "reset":
        await this.wait(answer.delayMs);
        request.socket.resetAndDestroy();
        return;
      case "answer":
        await this.wait(answer.delayMs);
        sendJson(response, answer.status, answer.body, answer.headers);
    }
  }

  private async wait(durationMs: number): Promise<void> {
    if (durationMs > 0) await this.clock.sleep(durationMs);
  }

  private async answerControl(
    routes: readonly ControlRoute[],
    request: IncomingMessage,
    response: ServerResponse,
    body: Buffer,
  ): Promise<void> {
    const url = new URL(request.url ?? "", "http://control");
    const { route, params } = matchControlRoute(routes, request.method ?? "", url.pathname);
    const answer: ControlAnswer = await route.handle({
      params,
      query: url.searchParams,
      body: parseControlBody(request, body),
    });
    sendJson(response, answer.status, JSON.stringify(answer.body), {});
  }

  private sendDefect(response: ServerResponse, error: unknown): void {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.log?.error("The sandbox's API failed", { reason });
    sendError(response, new ApiError(500, "SandboxDefect", reason));
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // The connection must survive a body that is refused, or the refusal would not arrive.
  const pieces = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  for await (const chunk of pieces) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) {
      throw new ApiError(413, "RequestEntityTooLarge", `body of more than ${BODY_BYTES_MAX} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** JSON must be declared as such: a browser then asks first, so that no web page can reach the control API. */
function parseControlBody(request: IncomingMessage, body: Buffer): unknown {
  if (body.length === 0) return undefined;
  if (!(request.headers["content-type"] ?? "").startsWith("application/json")) {
    throw cannotParseRequest("content-type must be application/json");
  }
  return parseJson(body);
}

function sendError(response: ServerResponse, { status, code, message }: ApiError): void {
  sendJson(response, status, JSON.stringify({ code, message }), {});
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>>,
): void {
  if (response.headersSent || response.destroyed) return;
  const length = Buffer.byteLength(body);
  response.writeHead(status, {
    ...(length === 0 ? {} : { "content-type": "application/json" }),
    ...(status === 204 ? {} : { "content-length": length }),
    ...headers,
  });
  response.end(body);
}
