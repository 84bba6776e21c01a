import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** What a sandbox needs of the computer, as it was found. */
export interface ComputerFacts {
  readonly platform: string;
  readonly userId: number;
  readonly hasCommand: (command: string) => boolean;
}

/** Commands and the Debian packages that have them. setup.sh installs the same. */
const COMMANDS = {
  ip: "iproute2",
  mmdebstrap: "mmdebstrap",
  mount: "mount",
  unshare: "util-linux",
  nsenter: "util-linux",
  setpriv: "util-linux",
  flock: "util-linux",
  script: "bsdutils",
  git: "git",
} as const;

/** The sandbox cannot run here; the message is one sentence that says what to do. */
export class RequirementError extends Error {
  override readonly name = "RequirementError";
}

/** @throws RequirementError */
export function checkRequirements({ platform, userId, hasCommand }: ComputerFacts): void {
  if (platform !== "linux") {
    throw new RequirementError(`The sandbox's machines are Linux namespaces; this is ${platform}.`);
  }
  if (userId !== 0) {
    throw new RequirementError(
      "The sandbox makes network namespaces and mounts, so it must run as root: try again with sudo.",
    );
  }
  const missing = Object.entries(COMMANDS).filter(([command]) => !hasCommand(command));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map(([, name]) => name))];
  throw new RequirementError(
    `The sandbox needs the Debian packages ${packages.join(", ")}: run test/sandbox/setup.sh.`,
  );
}

/** Where commands are looked for, whatever the caller's PATH: a user's often lacks the sbin directories. */
export const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The facts of this computer. */
export function observeComputer(): ComputerFacts {
  const places = SYSTEM_PATH.split(delimiter);
  return {
    platform: process.platform,
    userId: process.getuid?.() ?? -1,
    hasCommand: (command) => places.some((place) => isExecutable(join(place, command))),
  };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // Not there, or not for us: the same to us.
    return false;
  }
}
