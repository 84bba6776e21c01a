import { Agent, request } from "node:http";
import { open, type FileHandle } from "node:fs/promises";
import { CONTROL_SOCKET } from "./region-plan.ts";

/** The region refused a control call; the message is its own. */
export class ControlError extends Error {
  override readonly name = "ControlError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Calls the control API of a region through the socket in its working directory. */
export class RegionClient {
  private readonly directory: FileHandle;
  /**
   * Of its own: Node's common one keeps connections by the socket's path, which names a descriptor, and would hand the
   * next region that gets the same number a connection to this one (seen).
   */
  private readonly agent = new Agent({ keepAlive: true });

  private constructor(directory: FileHandle) {
    this.directory = directory;
  }

  static async open(workDirectory: string): Promise<RegionClient> {
    return new RegionClient(await open(workDirectory, "r"));
  }

  /** Rejects with a ControlError when the region refuses, and with the system's error when it is gone. */
  async call(method: "GET" | "POST" | "DELETE", path: string, body?: unknown): Promise<unknown> {
    const { status, text } = await this.send(method, path, body);
    const answer = JSON.parse(text) as unknown;
    if (status === 200) return answer;
    throw new ControlError(status, (answer as { message: string }).message);
  }

  async close(): Promise<void> {
    this.agent.destroy();
    await this.directory.close();
  }

  private send(
    method: string,
    path: string,
    body: unknown,
  ): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const outgoing = request({
        agent: this.agent,
        // The path of a socket has at most 107 bytes; a working directory may be deeper than that.
        socketPath: `/proc/self/fd/${this.directory.fd}/${CONTROL_SOCKET}`,
        method,
        path,
        headers: { "content-type": "application/json" },
      });
      outgoing.once("error", reject);
      outgoing.once("response", (response) => {
        response.setEncoding("utf8");
        response.toArray().then((chunks: string[]) => {
          resolve({ status: response.statusCode ?? 0, text: chunks.join("") });
        }, reject);
      });
      outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}
