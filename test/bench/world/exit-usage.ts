import { readFileSync, writeFileSync } from "node:fs";
import { exitUsage, type ExitReport } from "./usage.ts";

// Loaded before a program that is measured (--require): writes what it used when it exits. The kernel counts, so
// nothing is missed between two samples.
const file = process.env["BENCH_USAGE_FILE"];
if (file !== undefined) {
  // The cap: without this the process would end without an exit.
  process.once("SIGTERM", () => process.exit(143));
  process.once("exit", (exitCode) => {
    const usage = exitUsage(process.cpuUsage(), readFileSync("/proc/self/status", "utf8"));
    writeFileSync(file, JSON.stringify({ usage, exitCode } satisfies ExitReport));
  });
}
