import type {
  NodeAddress,
  SlurmControl,
  SlurmNode,
  SlurmVersion,
} from "../../../nodectl/slurm/control.ts";

/** What was asked of Slurm, and nodes as a test sets them. */
export class RecordingSlurm implements SlurmControl {
  readonly nodes = new Map<string, SlurmNode>();
  readonly addresses = new Map<string, string>();
  readonly down = new Map<string, string>();

  setNode(name: string, base: string, flags: readonly string[], bootTimeMs = 0): void {
    const record = { name, base, flags: new Set(flags), address: name, reason: "", bootTimeMs };
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
  setDown(nodeNames: readonly string[], reason: string): Promise<void> {
    for (const name of nodeNames) this.down.set(name, reason);
    return Promise.resolve();
  }
  drain(): Promise<void> {
    return Promise.reject(new Error("not used here"));
  }
  returnToService(): Promise<void> {
    return Promise.reject(new Error("not used here"));
  }
  reconfigure(): Promise<void> {
    return Promise.reject(new Error("not used here"));
  }
  isAnswering(): Promise<boolean> {
    return Promise.resolve(true);
  }
}
