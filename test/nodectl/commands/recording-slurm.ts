import type {
  DownOptions,
  FailureControl,
  JobNotices,
  NodeAddress,
  NoticedJob,
  SlurmControl,
  SlurmNode,
  SlurmVersion,
} from "../../../nodectl/slurm/control.ts";

/** What was asked of Slurm, and nodes as a test sets them. */
export class RecordingSlurm implements SlurmControl, FailureControl, JobNotices {
  readonly nodes = new Map<string, SlurmNode>();
  readonly addresses = new Map<string, string>();
  readonly down = new Map<string, string>();
  /** What changes something, in order, one text a call. */
  readonly calls: string[] = [];
  readonly jobs = new Map<number, NoticedJob>();
  /** Thrown by every call that changes something. */
  refusal: Error | undefined;

  setNode(name: string, base: string, flags: readonly string[], bootTimeMs = 0, reason = ""): void {
    const record = {
      name,
      base,
      flags: new Set(flags),
      address: name,
      reason,
      reasonUser: "",
      bootTimeMs,
    };
    this.nodes.set(name, record);
  }

  version(): Promise<SlurmVersion> {
    return Promise.resolve({ major: 24, minor: 11, text: "24.11.5" });
  }
  listNodes(): Promise<readonly SlurmNode[]> {
    return Promise.resolve([...this.nodes.values()]);
  }
  reportAddresses(addresses: readonly NodeAddress[]): Promise<void> {
    for (const { nodeName, ipAddress } of addresses) this.addresses.set(nodeName, ipAddress);
    return Promise.resolve();
  }
  async setDown(
    nodeNames: readonly string[],
    reason: string,
    options: DownOptions = {},
  ): Promise<void> {
    await this.#record(`down ${nodeNames.join(",")} ${JSON.stringify(options)}`);
    for (const name of nodeNames) this.down.set(name, reason);
  }
  powerDownByForce(nodeNames: readonly string[]): Promise<void> {
    return this.#record(`power down ${nodeNames.join(",")}`);
  }
  listJobs(jobIds: readonly number[]): Promise<readonly NoticedJob[]> {
    return Promise.resolve(jobIds.flatMap((id) => this.jobs.get(id) ?? []));
  }
  setAdminComment(jobIds: readonly number[], text: string): Promise<void> {
    return this.#record(`comment ${jobIds.join(",")}: ${text}`);
  }
  notify(jobId: number, text: string): Promise<void> {
    return this.#record(`notify ${jobId}: ${text}`);
  }
  drain(): Promise<void> {
    return Promise.reject(new Error("not used here"));
  }
  returnToService(nodeNames: readonly string[]): Promise<void> {
    return this.#record(`return ${nodeNames.join(",")}`);
  }
  reconfigure(): Promise<void> {
    return Promise.reject(new Error("not used here"));
  }
  isAnswering(): Promise<boolean> {
    return Promise.resolve(true);
  }

  async #record(call: string): Promise<void> {
    await Promise.resolve();
    if (this.refusal !== undefined) throw this.refusal;
    this.calls.push(call);
  }
}
