import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { HttpClient, HttpRequest } from "oci-common";
import { classOfOperation, type OperationClass } from "./operation-class.ts";
import { PacedGate } from "./paced-gate.ts";
import { readBounded } from "./read-bounded.ts";
import type { RequestSigner } from "./request-signature.ts";
import { retryAfterMs } from "./retry-after.ts";

export interface HttpClientOptions {
  readonly signer: RequestSigner;
  /** From sending to the last byte of the answer. Without it the SDK would wait 300 s for a silent peer. */
  readonly callDeadlineMs: number;
  /** Connections kept open per host, and so the requests that can be under way at once. */
  readonly connectionsMax: number;
  /** Milliseconds of a clock that nobody sets: of performance.now(). */
  readonly monotonicMs: () => number;
  /** Counts what is sent. */
  readonly tally?: RequestTally;
  /** When one aborts, what waits for its turn in that class is not sent any more. */
  readonly deadlines: Readonly<Record<Exclude<OperationClass, "read">, AbortSignal>>;
}

/** How often a run has asked OCI, and how often it was told to slow down. */
export interface RequestTally {
  requests: number;
  throttled: number;
}

/** An answer beyond this is not one that we ask for: 1,000 instances with full metadata stay below. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;

/** The time limit of one call ran out. */
export class CallDeadlineError extends Error {
  override readonly name = "CallDeadlineError";
  readonly code = "ETIMEDOUT";
}

/**
 * The http client under the SDK (a supported constructor argument of its clients): lets requests go at the pace that
 * OCI allows, one pace for each class of operations, keeps connections, gives every call a deadline and keeps the cause of
 * a network failure. It never repeats a request: that is retry.ts.
 */
export class OciHttpClient implements HttpClient {
  readonly #options: HttpClientOptions;
  readonly #httpAgent: HttpAgent;
  readonly #httpsAgent: HttpsAgent;
  /** Apart, because OCI may limit them apart: reads must not slow launches, nor the reverse. */
  readonly #gates: Readonly<Record<OperationClass, PacedGate>>;

  constructor(options: HttpClientOptions) {
    const agentOptions = { keepAlive: true, maxSockets: options.connectionsMax };
    this.#options = options;
    this.#httpAgent = new HttpAgent(agentOptions);
    this.#httpsAgent = new HttpsAgent(agentOptions);
    const gate = (): PacedGate => new PacedGate(options.monotonicMs);
    this.#gates = { launch: gate(), terminate: gate(), read: gate() };
  }

  async send(request: HttpRequest): Promise<Response> {
    const operationClass = classOfOperation(request.method);
    const gate = this.#gates[operationClass];
    // What is only read is read after the deadline too: it tells what was launched.
    const { deadlines } = this.#options;
    const passage = await gate.enter(
      operationClass === "read" ? undefined : deadlines[operationClass],
    );
    const { tally } = this.#options;
    if (tally !== undefined) tally.requests += 1;
    try {
      const answer = await this.#sendNow(request);
      if (tally !== undefined && answer.status === 429) tally.throttled += 1;
      gate.hold(retryAfterMs(answer.headers.get("retry-after")));
      if (answer.status === 429) passage.refused();
      else passage.ended();
      return answer;
    } catch (error) {
      passage.ended();
      throw error;
    }
  }

  async #sendNow(request: HttpRequest): Promise<Response> {
    const body = bodyText(request.body);
    const url = new URL(request.uri);
    await this.#options.signer.sign({
      method: request.method,
      url,
      headers: request.headers,
      body,
    });
    const { message, bytes } = await this.#exchange(request, url, body);
    const status = message.statusCode ?? 0;
    // The Response class refuses a body for these. Bytes and not text, which it would encode only to decode it again.
    const content = status === 204 || status === 304 ? null : bytes;
    return new Response(content, {
      status,
      statusText: message.statusMessage ?? "",
      headers: headerPairs(message),
    });
  }

  /** Closes idle connections; the process would otherwise stay for them. */
  close(): void {
    this.#httpAgent.destroy();
    this.#httpsAgent.destroy();
  }

  #exchange(
    { method, headers }: HttpRequest,
    url: URL,
    body: string,
  ): Promise<{ message: IncomingMessage; bytes: Buffer<ArrayBuffer> }> {
    const { callDeadlineMs } = this.#options;
    const secure = url.protocol === "https:";
    return new Promise((resolve, reject) => {
      const options = { method, headers: Object.fromEntries(headers) };
      const outgoing = secure
        ? httpsRequest(url, { ...options, agent: this.#httpsAgent })
        : httpRequest(url, { ...options, agent: this.#httpAgent });
      const timer = setTimeout(() => {
        const message = `no answer from ${url.host} within ${callDeadlineMs / 1000} s`;
        outgoing.destroy(new CallDeadlineError(message));
      }, callDeadlineMs);
      const fail = (error: Error): void => {
        clearTimeout(timer);
        reject(error);
      };
      outgoing.on("error", fail);
      outgoing.on("response", (message) => {
        readBounded(message as AsyncIterable<Buffer>, ANSWER_BYTES_MAX).then((bytes) => {
          clearTimeout(timer);
          resolve({ message, bytes });
        }, fail);
      });
      outgoing.end(body === "" ? undefined : body);
    });
  }
}

/** The operations that we use send JSON text or nothing. */
function bodyText(body: unknown): string {
  if (body === undefined || body === null) return "";
  if (typeof body === "string") return body;
  throw new TypeError(`Expected the request body to be text, got ${typeof body}`);
}

function headerPairs(message: IncomingMessage): [string, string][] {
  return Object.entries(message.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(", ") : (value ?? ""),
  ]);
}
