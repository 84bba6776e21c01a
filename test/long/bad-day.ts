import { awaitState } from "../e2e/await-state.ts";
import { instanceNamed, outputOn } from "../sandbox/machine-work.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";

const BOOTSTRAP = "/home/slurm/bootstrap.sh";
const SETTINGS = "/etc/citc/startnode.yaml";
/** Slurm's next scan, and a launch. */
const LAUNCH_SECONDS = 60;

export function nodeName(number: number): string {
  return `vm-standard-e4-flex-1-8-ad1-000${number}`;
}

export interface NodeWords {
  /** `IDLE+CLOUD+POWERED_DOWN`. */
  readonly state: string;
  readonly reason: string;
}

/** A cluster whose machines boot, what is done to it, and what its people read. */
export class BadDay {
  private readonly sandbox: Sandbox;

  constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
  }

  /** What a command says on the management node, which must succeed. */
  run(argv: readonly string[], timeoutSeconds = 60): Promise<string> {
    return outputOn(this.sandbox, "mgmt", argv, { timeoutSeconds });
  }

  /** In one line; with a warning it ends with 1. */
  async status(): Promise<string> {
    const { stdout } = await this.sandbox.exec("mgmt", ["citc", "status"]);
    return stdout.replaceAll(/\s+/g, " ");
  }

  /** Powers a node up; its user data has another value of that constant, and later ones have the old again. */
  async wake(number: number, constant?: string, value = ""): Promise<void> {
    const name = nodeName(number);
    const saved = `${BOOTSTRAP}.saved`;
    await this.run(["cp", BOOTSTRAP, saved]);
    if (constant !== undefined) {
      const edit = `s,^readonly ${constant}=.*,readonly ${constant}='${value}',`;
      await this.run(["sed", "--in-place", edit, BOOTSTRAP]);
    }
    await this.run(["scontrol", "update", `nodename=${name}`, "state=power_up"]);
    await awaitState({
      what: `${name} is launched`,
      timeoutSeconds: LAUNCH_SECONDS,
      observe: () => this.sandbox.instances(),
      isReached: (instances) =>
        instances.some((it) => it.displayName === name && it.lifecycleState !== "TERMINATED"),
    });
    await this.run(["mv", saved, BOOTSTRAP]);
  }

  /** As an admin changes one. */
  async setting(name: string, value: number): Promise<void> {
    await this.run(["sed", "--in-place", `s/^${name}: .*/${name}: ${value}/`, SETTINGS]);
  }

  async nodeOf(name: string): Promise<NodeWords> {
    const text = await this.run(["scontrol", "--oneliner", "show", "node", name]);
    const [, state = ""] = /\bState=(\S+)/.exec(text) ?? [];
    const [, reason = ""] = /\bReason=(.*)/.exec(text) ?? [];
    return { state, reason };
  }

  async awaitReason(number: number, reason: RegExp, timeoutSeconds: number): Promise<void> {
    await awaitState({
      what: `${nodeName(number)} has a reason`,
      timeoutSeconds,
      observe: () => this.nodeOf(nodeName(number)),
      isReached: (node) => reason.test(node.reason),
    });
  }

  async awaitState(number: number, state: RegExp, timeoutSeconds: number): Promise<void> {
    await awaitState({
      what: `${nodeName(number)} is up`,
      timeoutSeconds,
      observe: () => this.nodeOf(nodeName(number)),
      isReached: (node) => state.test(node.state),
    });
  }

  async awaitConsole(number: number, words: RegExp, timeoutSeconds: number): Promise<void> {
    const { instanceOcid } = await instanceNamed(this.sandbox, nodeName(number));
    await awaitState({
      what: `the console of ${nodeName(number)} says it`,
      timeoutSeconds,
      observe: () => this.sandbox.console(instanceOcid),
      isReached: (console) => words.test(console),
    });
  }
}
