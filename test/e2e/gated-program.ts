import { awaitState } from "./await-state.ts";
import type { Cluster } from "./cluster.ts";

const WAIT_SECONDS_MAX = 30;

/**
 * A program of the management node that waits, while its gate is closed, before it does anything: whoever called it
 * stands still between what came before and what comes after.
 */
export class GatedProgram {
  private readonly cluster: Cluster;
  private readonly file: string;

  private constructor(cluster: Cluster, file: string) {
    this.cluster = cluster;
    this.file = file;
  }

  /** Puts the gate before the program, which waits only when it is called with exactly these words. Open at first. */
  static async install(
    cluster: Cluster,
    file: string,
    words: readonly string[],
  ): Promise<GatedProgram> {
    const script = `#!/bin/sh
if [ "$*" = "${words.join(" ")}" ] && [ -e ${file}.closed ]; then
  touch ${file}.waiting
  while [ -e ${file}.closed ]; do sleep 0.1; done
  rm ${file}.waiting
fi
exec ${file}.real "$@"
`;
    await cluster.output(["mv", file, `${file}.real`]);
    await cluster.output(["install", "--mode=0755", "/dev/null", file]);
    const { sandbox, management } = cluster;
    await sandbox.exec(management, ["tee", file], { stdin: script });
    return new GatedProgram(cluster, file);
  }

  async close(): Promise<void> {
    await this.cluster.output(["touch", `${this.file}.closed`]);
  }

  /** Resolves when somebody waits before the closed gate. */
  async awaitCaller(): Promise<void> {
    const { sandbox, management } = this.cluster;
    await awaitState({
      what: `somebody waits before ${this.file}`,
      timeoutSeconds: WAIT_SECONDS_MAX,
      observe: () => sandbox.exec(management, ["test", "-e", `${this.file}.waiting`]),
      isReached: ({ exitCode }) => exitCode === 0,
    });
  }

  /** Ends (-9) who waits, so that the program never runs for them, and opens the gate. */
  async killWaiting(): Promise<void> {
    const { sandbox, management } = this.cluster;
    if (!(await sandbox.kill(management, `/bin/sh ${this.file}`))) {
      throw new Error(`nobody waits before ${this.file}`);
    }
    await this.cluster.output(["rm", `${this.file}.waiting`]);
    await this.open();
  }

  async open(): Promise<void> {
    await this.cluster.output(["rm", `${this.file}.closed`]);
  }
}
