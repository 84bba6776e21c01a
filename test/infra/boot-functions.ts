import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderUserData } from "../../infra/user-data.ts";

const DIRECTORY = join(import.meta.dirname, "../../userdata");

export const INSTANCE_OCID = "ocid1.instance.oc1.phx.abcd";

/** What takes time, or reaches for other machines. */
const STAND_INS = `
sleep() { :; }
timeout() { shift; "$@"; }
git() { :; }
`;

/** A machine, as far as the functions of userdata/functions.sh touch one: its files, in a directory of their own. */
export class BootMachine {
  readonly directory = mkdtempSync(join(tmpdir(), "citc-boot-"));

  constructor() {
    writeFileSync(join(this.directory, "instance-id"), `${INSTANCE_OCID}\n`);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }

  /** Runs a script that begins its log as those of all machines do; returns its exit code. */
  boot(script: string): number | null {
    const text = ["set -euo pipefail", this.#functions(), STAND_INS, "begin_log", script];
    const { status, stderr } = spawnSync("bash", ["-c", text.join("\n")], {
      ...{ cwd: this.directory, encoding: "utf8" },
    });
    if (stderr !== "") throw new Error(stderr);
    return status;
  }

  /** What it has said on its console. */
  get console(): string {
    return this.read("console");
  }

  /** Empty when there is none. */
  read(name: string): string {
    const file = join(this.directory, name);
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  #functions(): string {
    const places = [
      ["/root/ansible-pull.log", "log"],
      ["/root/citc-ansible", "checkout"],
      ["/root/hosts", "inventory"],
      ["/dev/console", "console"],
      ["/var/lib/cloud/data/instance-id", "instance-id"],
    ] as const;
    return places.reduce(
      (text, [path, name]) => {
        if (text.split(path).length !== 2) throw new Error(`${path} does not stand there once`);
        return text.replace(path, join(this.directory, name));
      },
      renderUserData(DIRECTORY, "functions.sh"),
    );
  }
}
