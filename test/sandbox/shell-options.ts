import { parseOptions, UsageError } from "../../nodectl/cli/options.ts";
import { isReleaseName, RELEASES, type ReleaseName } from "./machines/releases.ts";
import { refuseArguments } from "./npm-program.ts";

export const SHELL_HELP = `Usage: npm run sandbox -- [options]

Starts a region of OCI on this computer with one cluster, real Slurm in
namespaces, and opens a shell on its management node. Leaving the shell ends
everything. Needs root.

  --nodes N               how many nodes the limits allow [4]
  --shape NAME            what they are launched as [VM.Standard.E4.Flex.2.16]
  --boot-seconds N        from launch to power-on, at least 2 [5]
  --launch-latency-ms N   how long LaunchInstance takes to answer [300]
  --suspend-time N        idle seconds before a node is stopped [60]
  --release NAME          bookworm (Slurm 22.05), trixie (24.11) [bookworm]
  --user NAME             opc, root or alice, an ordinary user [opc]
  --keep-logs             leave the run's directory with all logs
  --help
`;

export interface ShellOptions {
  readonly nodes: number;
  readonly shape: string;
  readonly bootSeconds: number;
  readonly launchLatencyMs: number;
  readonly suspendTimeSeconds: number;
  readonly release: ReleaseName;
  readonly user: "opc" | "root" | "alice";
  readonly keepLogs: boolean;
}

const USERS = ["opc", "root", "alice"] as const;

/**
 * What the command line asks for; undefined when it asks for help.
 * @throws UsageError
 */
export function readShellOptions(argv: readonly string[]): ShellOptions | undefined {
  const text = { type: "string" } as const;
  const { values, positionals } = parseOptions(argv, {
    nodes: text,
    shape: text,
    "boot-seconds": text,
    "launch-latency-ms": text,
    "suspend-time": text,
    release: text,
    user: text,
    "keep-logs": { type: "boolean" },
    help: { type: "boolean" },
  });
  if (values.help === true) return undefined;
  refuseArguments("sandbox", positionals);
  return {
    nodes: wholeNumber("nodes", values.nodes ?? "4", { min: 1, max: 500 }),
    // finish knows which shapes there are, and says so.
    shape: values.shape ?? "VM.Standard.E4.Flex.2.16",
    bootSeconds: wholeNumber("boot-seconds", values["boot-seconds"] ?? "5", { min: 2, max: 600 }),
    launchLatencyMs: wholeNumber("launch-latency-ms", values["launch-latency-ms"] ?? "300", {
      min: 0,
      max: 60_000,
    }),
    suspendTimeSeconds: wholeNumber("suspend-time", values["suspend-time"] ?? "60", {
      min: 1,
      max: 86_400,
    }),
    release: releaseOf(values.release ?? "bookworm"),
    user: userOf(values.user ?? "opc"),
    keepLogs: values["keep-logs"] ?? false,
  };
}

function wholeNumber(option: string, text: string, range: { min: number; max: number }): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= range.min && value <= range.max) return value;
  throw new UsageError(
    `--${option} ${text}: write a whole number from ${range.min} to ${range.max}`,
  );
}

function releaseOf(text: string): ReleaseName {
  if (isReleaseName(text)) return text;
  throw new UsageError(`--release ${text}: write ${Object.keys(RELEASES).join(" or ")}`);
}

function userOf(text: string): ShellOptions["user"] {
  const user = USERS.find((name) => name === text);
  if (user !== undefined) return user;
  throw new UsageError(`--user ${text}: write ${USERS.join(", ")}`);
}
