import { parseArgs } from "node:util";
import type { CloudSettings } from "./cloud-settings.ts";
import type { Latency } from "./oci-door.ts";
import type { RateLimit, RateLimits } from "./rate-limit.ts";

/** What is wrong with the command line; printed as it is. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export interface OciApiOptions {
  readonly host: string;
  readonly port: number;
  readonly socketPath: string | undefined;
  /** Undefined: there are no instance principals. */
  readonly metadataPort: number | undefined;
  readonly credentialsDirectory: string;
  readonly regionFile: string | undefined;
  readonly seed: string;
  readonly settings: Partial<CloudSettings>;
  readonly latency: Latency;
  readonly rateLimits: RateLimits;
  /** Undefined: nobody else lives in the compartment. */
  readonly strangerNames: readonly string[] | undefined;
}

interface NumberOption {
  readonly kind: "number";
  readonly min: number;
  readonly max: number;
  readonly isWhole: boolean;
  readonly help: string;
}
interface TextOption {
  readonly kind: "text";
  readonly choices?: readonly string[];
  readonly placeholder: string;
  readonly help: string;
}
interface FlagOption {
  readonly kind: "flag";
  readonly help: string;
}
type OptionRow = NumberOption | TextOption | FlagOption;

function whole(min: number, max: number, help: string): NumberOption {
  return { kind: "number", min, max, isWhole: true, help };
}
function decimal(min: number, max: number, help: string): NumberOption {
  return { kind: "number", min, max, isWhole: false, help };
}
function text(placeholder: string, help: string, choices?: readonly string[]): TextOption {
  return { kind: "text", placeholder, help, ...(choices === undefined ? {} : { choices }) };
}
function flag(help: string): FlagOption {
  return { kind: "flag", help };
}

const HOUR_MS = 3_600_000;
const RATE_MAX = 1_000_000;

const ROWS = {
  port: whole(0, 65_535, "port to listen on; 0, the default, lets the system choose"),
  host: text("ADDRESS", "address to listen on; default 127.0.0.1"),
  socket: text("PATH", "also listen on this unix socket"),
  "metadata-port": whole(
    0,
    65_535,
    "also serve the instance metadata service, as the instance mgmt; 0: any port",
  ),
  "credentials-dir": text("DIR", "where the OCI config file goes; default .sandbox/oci-api"),
  "region-file": text("FILE", "JSON that describes the region; see test/sandbox/api/README.md"),
  seed: text("TEXT", "makes the OCIDs; default sandbox"),
  "launch-latency-ms": whole(0, HOUR_MS, "from a LaunchInstance to its answer; default 0"),
  "latency-ms": whole(0, HOUR_MS, "the same for every other operation; default 0"),
  "boot-seconds": decimal(0, 3600, "from acceptance to RUNNING; default 5"),
  "terminate-seconds": decimal(0, 3600, "from acceptance to TERMINATED; default 3"),
  "stop-seconds": decimal(0, 3600, "from acceptance to STOPPED; default 2"),
  "vnic-delay-ms": whole(0, HOUR_MS, "until an address is listed; default 0"),
  "list-delay-ms": whole(0, HOUR_MS, "until ListInstances shows an instance; default 0"),
  "page-size": whole(1, 1000, "largest page of a list; default 1000"),
  "empty-pages": flag("every other page of a list is empty"),
  rate: decimal(0.001, RATE_MAX, "requests per second that a user may make; default unlimited"),
  burst: whole(1, RATE_MAX, "requests that may come at once; default the rate"),
  "read-rate": decimal(0.001, RATE_MAX, "the same for reads alone"),
  "read-burst": whole(1, RATE_MAX, "default the read rate"),
  "write-rate": decimal(0.001, RATE_MAX, "the same for launches, actions and terminations"),
  "write-burst": whole(1, RATE_MAX, "default the write rate"),
  "window-count": whole(1, RATE_MAX, "requests per window, in place of --rate"),
  "window-ms": whole(1, HOUR_MS, "length of that window; default 1000"),
  "rejected-cost": decimal(0, 1, "what a refused request costs; default 0"),
  "retry-after": flag("a 429 carries Retry-After"),
  strangers: flag("instances of others live in the compartment"),
  "stranger-names": text("NAME,…", "node names that strangers bear as well; implies --strangers"),
  "duplicate-label": text("HOW", "a taken host name label: refuse (default) or fail-later", [
    "refuse",
    "fail-later",
  ]),
  "terminated-token": text("HOW", "retry token of a terminated instance: refuse or instance", [
    "refuse",
    "instance",
  ]),
  "terminate-again": text(
    "STATUS",
    "terminating a TERMINATED instance: 404 (default), 409 or 204",
    ["404", "409", "204"],
  ),
  help: flag("this text"),
} as const satisfies Record<string, OptionRow>;

type Name = keyof typeof ROWS;
type NamesOf<Row extends OptionRow> = {
  [N in Name]: (typeof ROWS)[N] extends Row ? N : never;
}[Name];

export const OCI_API_USAGE = [
  "Usage: npm run oci-api -- [options]",
  "",
  "Serves the part of OCI's API that a Slurm cluster needs, without machines behind it. Needs no root.",
  "",
  ...Object.entries(ROWS).map(([name, row]) => `  ${usageOf(name, row).padEnd(30)} ${row.help}`),
  "",
].join("\n");

function usageOf(name: string, row: OptionRow): string {
  if (row.kind === "flag") return `--${name}`;
  return row.kind === "number" ? `--${name} N` : `--${name} ${row.placeholder}`;
}

/** Reads the command line. Throws UsageError. */
export function readOciApiOptions(args: readonly string[]): OciApiOptions | "help" {
  const values = new Values(parse(args));
  if (values.has("help")) return "help";
  const names = values.text("stranger-names");
  return {
    host: values.text("host") ?? "127.0.0.1",
    port: values.number("port") ?? 0,
    socketPath: values.text("socket"),
    metadataPort: values.number("metadata-port"),
    credentialsDirectory: values.text("credentials-dir") ?? ".sandbox/oci-api",
    regionFile: values.text("region-file"),
    seed: values.text("seed") ?? "sandbox",
    settings: readSettings(values),
    latency: {
      launchMs: values.number("launch-latency-ms") ?? 0,
      otherMs: values.number("latency-ms") ?? 0,
    },
    rateLimits: readRateLimits(values),
    strangerNames: names?.split(",") ?? (values.has("strangers") ? [] : undefined),
  };
}

function parse(args: readonly string[]): Record<string, string | boolean | undefined> {
  const options = Object.fromEntries(
    Object.entries(ROWS).map(([name, row]) => [
      name,
      { type: row.kind === "flag" ? ("boolean" as const) : ("string" as const) },
    ]),
  );
  try {
    return parseArgs({ args: [...args], options, allowPositionals: false }).values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError(`${error.message.split(". ", 1)[0] ?? ""}; see --help`, { cause: error });
  }
}

class Values {
  private readonly values: Record<string, string | boolean | undefined>;

  constructor(values: Record<string, string | boolean | undefined>) {
    this.values = values;
  }

  has(name: NamesOf<FlagOption>): boolean {
    return this.values[name] === true;
  }

  text(name: NamesOf<TextOption>): string | undefined {
    const value = this.values[name];
    if (typeof value !== "string") return undefined;
    const { choices }: TextOption = ROWS[name];
    if (value === "") throw new UsageError(`--${name}: a value is needed`);
    if (choices !== undefined && !choices.includes(value)) {
      throw new UsageError(`--${name}: "${value}" is unknown; write ${choices.join(" or ")}`);
    }
    return value;
  }

  number(name: NamesOf<NumberOption>): number | undefined {
    const value = this.values[name];
    if (typeof value !== "string") return undefined;
    const { min, max, isWhole } = ROWS[name];
    const number = /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
    const isGood = number >= min && number <= max && (!isWhole || Number.isInteger(number));
    if (isGood) return number;
    const what = isWhole ? "a whole number" : "a number";
    throw new UsageError(`--${name}: "${value}" is not ${what} from ${min} to ${max}`);
  }
}

function readSettings(values: Values): Partial<CloudSettings> {
  const again = values.text("terminate-again");
  return withoutUndefined({
    bootMs: toMs(values.number("boot-seconds")),
    terminateMs: toMs(values.number("terminate-seconds")),
    stopMs: toMs(values.number("stop-seconds")),
    vnicDelayMs: values.number("vnic-delay-ms"),
    listDelayMs: values.number("list-delay-ms"),
    pageSizeMax: values.number("page-size"),
    emptyPages: values.has("empty-pages"),
    duplicateLabel: values.text("duplicate-label") === "fail-later" ? "fail-later" : "refuse",
    terminatedTokenAnswer: values.text("terminated-token") === "instance" ? "instance" : "refuse",
    terminateAgainStatus: again === "204" ? 204 : again === "409" ? 409 : 404,
  });
}

function toMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(seconds * 1000);
}

function readRateLimits(values: Values): RateLimits {
  const common = {
    rejectedCost: values.number("rejected-cost") ?? 0,
    sendsRetryAfter: values.has("retry-after"),
  };
  const bucket = (
    rate: NamesOf<NumberOption>,
    burst: NamesOf<NumberOption>,
  ): RateLimit | undefined => {
    const ratePerSecond = values.number(rate);
    const burstCount = values.number(burst);
    if (ratePerSecond === undefined) {
      if (burstCount !== undefined) throw new UsageError(`--${burst} needs --${rate}`);
      return undefined;
    }
    const size = burstCount ?? Math.max(1, ratePerSecond);
    return { kind: "token-bucket", ratePerSecond, burst: size, ...common };
  };
  const count = values.number("window-count");
  const windowMs = values.number("window-ms") ?? 1000;
  const all = bucket("rate", "burst");
  if (count !== undefined && all !== undefined) {
    throw new UsageError("--rate and --window-count exclude each other");
  }
  return withoutUndefined({
    all: count === undefined ? all : { kind: "fixed-window", count, windowMs, ...common },
    reads: bucket("read-rate", "read-burst"),
    writes: bucket("write-rate", "write-burst"),
  } as const);
}

function withoutUndefined<T extends object>(
  object: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
