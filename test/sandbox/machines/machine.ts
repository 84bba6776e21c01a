import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { makeControlGroup, removeControlGroup } from "./control-group.ts";
import { keepTail } from "./keep-tail.ts";
import { environmentOfFate, type MachineFate } from "./machine-fate.ts";
import type { MachineInside } from "./run-in-machine.ts";
import { WITHHELD } from "./withheld.ts";

/** What runs on a machine first. */
export type MachineInit =
  /** The daemons that its role has, and no more. */
  | { readonly kind: "services" }
  /** An operating system that boots, in a control group that is made for it here. */
  | { readonly kind: "systemd"; readonly controlGroup: string };

/** What a machine is made of. */
export interface MachineDescription {
  /** Its host name, and Slurm's NodeName. */
  readonly name: string;
  readonly role: "management" | "compute";
  readonly init: MachineInit;
  readonly address: string;
  readonly prefixLength: number;
  readonly hardwareAddress: string;
  readonly routerAddress: string;
  /** The subnet's bridge, and the name of this machine's end of the cable on it: at most 15 characters. */
  readonly bridge: string;
  readonly cable: string;
  /** Logs, console and mount point; made when it is not there. Logs of an earlier machine of that name stay. */
  readonly directory: string;
  /** The root file system of all machines; a layer over it with our executables; and files of the cluster's own. */
  readonly imageDirectory: string;
  readonly programsDirectory: string;
  readonly filesDirectory: string;
  /** What all machines of the cluster see at /mnt/shared. */
  readonly sharedDirectory: string;
  /** Absent: it becomes a node. */
  readonly fate?: MachineFate;
}

/** How much a machine can write to its own disk, which is memory; those that boot install packages. */
const DISK_SIZES = { services: "1g", systemd: "6g" } as const;

/** A disk has a gigabyte or two; on a computer that cannot copy that in this time nothing boots in time either. */
const COPY_MS_MAX = 120_000;

const POWER_ON = `exec unshare --net bash "$MACHINE_SCRIPTS/power-on.sh"`;
/** What powers a machine on. script(1) puts a terminal between systemd and the console file: the serial line. */
const COMMANDS = {
  services: ["sh", "-c", POWER_ON],
  systemd: ["script", "--quiet", "--flush", "--return", "--command", POWER_ON, "/dev/null"],
} as const;

/** A machine with power on. */
export class Machine {
  readonly description: MachineDescription;
  /** Resolves when nothing of it runs any more. */
  readonly ended: Promise<void>;
  /** The machine's first process, once there is one; undefined when the machine ended before. */
  private readonly firstProcess: Promise<number | undefined>;
  private hasEnded = false;

  private constructor(description: MachineDescription, child: ChildProcess, idPipe: Readable) {
    this.description = description;
    this.ended = once(child, "exit").then(async () => {
      this.hasEnded = true;
      if (description.init.kind === "systemd") {
        await removeControlGroup(description.init.controlGroup);
      }
    });
    const id = once(idPipe, "data").then(([text]) => Number(text));
    this.firstProcess = Promise.race([id, this.ended.then(() => undefined)]);
  }

  /** Resolves while it boots: what then runs on it is to be seen from its services. */
  static async powerOn(description: MachineDescription): Promise<Machine> {
    const { directory, init } = description;
    await mkdir(join(directory, "log"), { recursive: true });
    await mkdir(join(directory, "mount"), { recursive: true });
    if (init.kind === "systemd") await makeControlGroup(init.controlGroup);
    const console = await open(consoleFileOf(description), "a");
    try {
      const [command, ...argv] = COMMANDS[init.kind];
      const child = spawn(command, argv, {
        env: environmentOf(description),
        stdio: ["ignore", console.fd, console.fd, "pipe"],
      });
      await once(child, "spawn");
      return new Machine(description, child, child.stdio[3] as Readable);
    } finally {
      await console.close();
    }
  }

  /**
   * The process whose namespaces are the machine.
   * @throws MachineOffError
   */
  async processId(): Promise<number> {
    const id = await this.firstProcess;
    if (id === undefined || this.hasEnded) throw new MachineOffError(this.description);
    return id;
  }

  /** What a command has to enter. @throws MachineOffError */
  async inside(): Promise<MachineInside> {
    const { init } = this.description;
    const processId = await this.processId();
    return init.kind === "systemd" ? { processId, controlGroup: init.controlGroup } : { processId };
  }

  /** Copies its root file system, with nothing that is mounted in it; the directory is made. @throws Error with cp's words */
  async copyDisk(directory: string): Promise<void> {
    const root = `/proc/${await this.processId()}/root`;
    await this.copyTree(`${root}/.`, directory);
    // Mounted from the run's directory, and yet of the disk to the machine.
    await this.copyTree(`${root}/var/log/.`, join(directory, "var/log"));
  }

  /** Once more when it fails: a machine that runs removes files while they are copied. */
  private async copyTree(source: string, target: string): Promise<void> {
    if ((await copyOnce(source, target)).kind === "copied") return;
    await rm(target, { recursive: true });
    const second = await copyOnce(source, target);
    if (second.kind === "copied") return;
    throw new Error(`the disk of ${this.description.name} was not copied: ${second.words}`);
  }

  /** Without a word to anybody on it or around it. Resolves when nothing of it is left. */
  async cutPower(): Promise<void> {
    const id = await this.firstProcess;
    if (id !== undefined && !this.hasEnded) {
      // The cable first: a machine without power closes no connections.
      await deleteCable(this.description.cable);
      killIfThere(id);
    }
    await this.ended;
  }
}

type Copy = { readonly kind: "copied" } | { readonly kind: "failed"; readonly words: string };

async function copyOnce(source: string, target: string): Promise<Copy> {
  await mkdir(target, { recursive: true });
  const argv = ["--archive", "--one-file-system", source, target];
  const child = spawn("cp", argv, { stdio: ["ignore", "ignore", "pipe"], timeout: COPY_MS_MAX });
  const words = keepTail([child.stderr]);
  const [exitCode] = (await once(child, "close")) as [number | null];
  if (exitCode === 0) return { kind: "copied" };
  const limit = exitCode === null ? `cp was ended, after ${COPY_MS_MAX / 1000} s at most; ` : "";
  return { kind: "failed", words: `${limit}${words()}` };
}

/** The machine failed to start or went down by itself; its console says why. */
class MachineOffError extends Error {
  override readonly name = "MachineOffError";

  constructor({ name, directory }: MachineDescription) {
    super(`${name} is off; its last words are in ${consoleFileOf({ directory })}`);
  }
}

/** What its operating system writes to the serial console. */
export function consoleFileOf({ directory }: Pick<MachineDescription, "directory">): string {
  return join(directory, "console.log");
}

/** The cable goes by itself when its machine has ended. */
async function deleteCable(cable: string): Promise<void> {
  const child = spawn("ip", ["link", "delete", cable], { stdio: "ignore" });
  await once(child, "exit");
}

function killIfThere(processId: number): void {
  try {
    process.kill(processId, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

function environmentOf(description: MachineDescription): NodeJS.ProcessEnv {
  const { init } = description;
  return {
    PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
    MACHINE_NAME: description.name,
    MACHINE_ROLE: description.role,
    MACHINE_ADDRESS: description.address,
    MACHINE_PREFIX_LENGTH: String(description.prefixLength),
    MACHINE_HARDWARE_ADDRESS: description.hardwareAddress,
    MACHINE_ROUTER_ADDRESS: description.routerAddress,
    MACHINE_BRIDGE: description.bridge,
    MACHINE_CABLE: description.cable,
    MACHINE_MOUNT_POINT: join(description.directory, "mount"),
    MACHINE_LOG: join(description.directory, "log"),
    MACHINE_DISK_SIZE: DISK_SIZES[init.kind],
    MACHINE_INIT: init.kind,
    MACHINE_WITHHELD: WITHHELD,
    ...(init.kind === "systemd" && { MACHINE_CONTROL_GROUP: init.controlGroup }),
    MACHINE_IMAGE: description.imageDirectory,
    MACHINE_PROGRAMS: description.programsDirectory,
    MACHINE_FILES: description.filesDirectory,
    MACHINE_SHARED: description.sharedDirectory,
    MACHINE_SCRIPTS: import.meta.dirname,
    ...environmentOfFate(description.fate),
  };
}
