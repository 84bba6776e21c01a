import {
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  openSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { styleText } from "node:util";
import type { Clock } from "../domain/clock.ts";
import type { Log, LogFields } from "../domain/log.ts";

type Level = "info" | "warn" | "error";

export interface CommandLogOptions {
  /** The executable, as the log names it. */
  readonly program: string;
  /** JSON lines are appended here. Absent: the terminal only. */
  readonly file?: string;
  /** For people. Absent: the file only, for programs that print a report of their own. */
  readonly stream?: NodeJS.WriteStream;
  /** What the stream gets. Absent: everything. */
  readonly levels?: readonly Level[];
  readonly clock: Clock;
  readonly pid: number;
}

/**
 * Writes each event as a JSON line to the log file and as a readable line to the stream. Under Slurm the stream is
 * closed (22.05) or read by nobody (later), so the file is what counts; by hand it may not be writable, which is said
 * once and hinders nothing.
 */
export function createCommandLog(options: CommandLogOptions): Log {
  let isFileUsable = options.file !== undefined;
  const write = (level: Level, event: string, fields: LogFields = {}): void => {
    const time = new Date(options.clock.now()).toISOString();
    const { program, pid, file } = options;
    if (isFileUsable && file !== undefined) {
      const line = `${JSON.stringify({ time, level, program, pid, event, ...fields })}\n`;
      try {
        appendLine(file, line);
      } catch (error) {
        isFileUsable = false;
        printLine(options, "warn", `cannot write the log ${file}: ${(error as Error).message}`, {});
      }
    }
    printLine(options, level, event, fields);
  };
  return {
    info: (event, fields) => {
      write("info", event, fields);
    },
    warn: (event, fields) => {
      write("warn", event, fields);
    },
    error: (event, fields) => {
      write("error", event, fields);
    },
  };
}

/**
 * root's finish and slurm's startnode write to the same file, and whoever comes first makes it: it belongs to the
 * owner of the directory, so that both can.
 */
function appendLine(file: string, line: string): void {
  // The directory is slurm's and root writes here too: a link would lead root's hand elsewhere.
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
  const descriptor = openSync(file, flags, 0o644);
  try {
    writeSync(descriptor, line);
    if (process.getuid?.() !== 0) return;
    const { uid, gid } = statSync(dirname(file));
    if (fstatSync(descriptor).uid !== uid) fchownSync(descriptor, uid, gid);
  } finally {
    closeSync(descriptor);
  }
}

const COLOURS = { info: "green", warn: "yellow", error: "red" } as const;

function printLine(
  { program, stream, clock, levels }: CommandLogOptions,
  level: Level,
  event: string,
  fields: LogFields,
): void {
  if (stream === undefined || levels?.includes(level) === false) return;
  const time = new Date(clock.now()).toISOString().slice(11, 19);
  const keys = Object.keys(fields) as (keyof LogFields)[];
  const details = keys.map((key) => `${key}=${printableField(fields[key] ?? "")}`);
  const label = stream.isTTY ? styleText(COLOURS[level], program) : program;
  const mark = level === "info" ? "" : `${level}: `;
  stream.write(`${time} ${label}: ${mark}${[event, ...details].join(" ")}\n`);
}

function printableField(value: string | number): string {
  const text = String(value);
  return /\s/.test(text) ? JSON.stringify(text) : text;
}
