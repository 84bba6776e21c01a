import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SlurmOptions } from "../../../nodectl/slurm/run-slurm.ts";
import { silentLog } from "../commands/silent-log.ts";

/** A directory with a real little program in place of scontrol, sinfo and squeue. */
export interface RecordingSlurm {
  readonly binDirectory: string;
  /** The arguments of every call so far, one string each. */
  calls(): readonly string[];
  /** Lets the next so many calls (but --version) find no slurmctld. */
  beAway(calls: number): void;
  /** What --version says. */
  setVersion(text: string): void;
  /** What `scontrol show config` says of the files' hash. */
  setHash(text: string): void;
  /** What squeue prints of configuring jobs. */
  setConfiguring(text: string): void;
  /** What `sinfo --json` and `scontrol show nodes --json` print. */
  setNodes(json: string): void;
  /** The lines that `squeue --Format` prints. */
  setJobs(lines: readonly string[]): void;
  /** What is said to every question and update about jobs, with exit code 1. */
  refuseJobs(complaint: string): void;
}

/**
 * Refuses like Slurm: an update stops at the first name that holds "bad" (unknown) and RESUME is refused for a
 * name that holds "idle". The names before are taken; done.txt lists them.
 */
const PROGRAM = String.raw`#!/bin/sh
here=$(dirname "$0")
echo "$*" >> "$here/calls.txt"
[ "$1" = --version ] && { cat "$here/version.txt"; exit 0; }
away=$(cat "$here/away.txt")
if [ "$away" -gt 0 ]; then
  echo $((away - 1)) > "$here/away.txt"
  echo "slurm_update error: Unable to contact slurm controller (connect failure)" >&2
  exit 1
fi
case "$*" in
  *--states=CONFIGURING*) cat "$here/configuring.txt" ;;
  *--Format=* | *jobid=*)
    [ -s "$here/complaint.txt" ] && { cat "$here/complaint.txt" >&2; exit 1; }
    cat "$here/jobs.txt"
    ;;
  *--json) cat "$here/nodes.json" ;;
  "show config") echo "HASH_VAL                = $(cat "$here/hash.txt")" ;;
  *--format=%P) printf 'compute\nlong,compute\ncompute\n' ;;
  *bad*) echo "slurm_update error: Invalid node name specified" >&2; exit 1 ;;
  *idle*state=RESUME) echo "slurm_update error: Invalid node state specified" >&2; exit 1 ;;
  *denied*) echo "slurm_update error: Invalid user id" >&2; exit 1 ;;
  *slow*) exec sleep 60 ;;
esac
`;

/** Of the functions that call Slurm's commands, to have them call this one. */
export function toolsOf({ binDirectory }: RecordingSlurm): SlurmOptions {
  return {
    binDirectory,
    slurmConf: "/etc/slurm/slurm.conf",
    clock: { now: () => 0, sleep: () => Promise.resolve() },
    log: silentLog,
    deadlineMs: 1_000,
  };
}

export function createRecordingSlurm(): RecordingSlurm {
  const binDirectory = mkdtempSync(join(tmpdir(), "recording-slurm-"));
  const write = (name: string, text: string): void => {
    writeFileSync(join(binDirectory, name), text);
  };
  for (const program of ["scontrol", "sinfo", "squeue"]) {
    write(program, PROGRAM);
    chmodSync(join(binDirectory, program), 0o755);
  }
  write("calls.txt", "");
  write("away.txt", "0");
  write("version.txt", "slurm-wlm 24.11.5\n");
  write("nodes.json", '{"nodes": []}');
  write("hash.txt", "Match");
  write("configuring.txt", "");
  write("jobs.txt", "");
  write("complaint.txt", "");
  return {
    binDirectory,
    calls: () =>
      readFileSync(join(binDirectory, "calls.txt"), "utf8")
        .split("\n")
        .filter((line) => line !== ""),
    beAway: (calls) => {
      write("away.txt", String(calls));
    },
    setVersion: (text) => {
      write("version.txt", `${text}\n`);
    },
    setHash: (text) => {
      write("hash.txt", text);
    },
    setConfiguring: (text) => {
      write("configuring.txt", text);
    },
    setNodes: (json) => {
      write("nodes.json", json);
    },
    setJobs: (lines) => {
      write("jobs.txt", `${lines.join("\n")}\n`);
    },
    refuseJobs: (complaint) => {
      write("complaint.txt", `${complaint}\n`);
    },
  };
}
