import type { HttpClient, HttpRequest } from "oci-common";

/**
 * Under the SDK where an operation answers with text: the SDK reads every answer as JSON and fails on it
 * (GetConsoleHistoryContent of oci-core 2.139.1; Oracle's SDKs for Go and Python take the text as it is).
 */
export class PlainTextHttpClient implements HttpClient {
  readonly #inner: HttpClient;

  constructor(inner: HttpClient) {
    this.#inner = inner;
  }

  async send(request: HttpRequest): Promise<Response> {
    const response = await this.#inner.send(request);
    if (!response.ok) return response;
    const text = await response.text();
    const { status, headers } = response;
    return new Response(isJsonText(text) ? text : JSON.stringify(text), { status, headers });
  }
}

/** Should OCI ever do as its reference says. */
function isJsonText(text: string): boolean {
  if (!text.startsWith('"')) return false;
  try {
    return typeof JSON.parse(text) === "string";
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
