import { runProgram } from "../cli/run.ts";
import { sweepProgram } from "../cli/sweep.ts";

// It runs from the source. The SDK prints a warning for each failed call, which the bundles of the others drop: ours go
// through the log.
// eslint-disable-next-line no-console -- not to print, but to keep the SDK from it
console.warn = () => undefined;

void runProgram("sweep", sweepProgram);
