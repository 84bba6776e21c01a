import type { CallEntry } from "../sandbox/api/call-log.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";

/** The API's log of calls from here on. */
export class ApiLog {
  private readonly sandbox: Sandbox;
  private readonly since: number;

  private constructor(sandbox: Sandbox, since: number) {
    this.sandbox = sandbox;
    this.since = since;
  }

  static async fromNow(sandbox: Sandbox): Promise<ApiLog> {
    return new ApiLog(sandbox, (await sandbox.calls()).at(-1)?.sequence ?? 0);
  }

  all(): Promise<readonly CallEntry[]> {
    return this.sandbox.calls(this.since);
  }

  async of(operation: string): Promise<readonly CallEntry[]> {
    return (await this.all()).filter((entry) => entry.operation === operation);
  }

  /** The node names that calls of an operation were about, sorted, one for each call. */
  async nodesOf(operation: string): Promise<readonly (string | null)[]> {
    return (await this.of(operation)).map(({ displayName }) => displayName).toSorted();
  }
}
