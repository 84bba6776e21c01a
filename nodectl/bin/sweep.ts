import { runProgram } from "../cli/run.ts";
import { sweepProgram } from "../cli/sweep.ts";

// It runs from the source. The SDK prints each failed call and what it finds in ~/.oci/config, which the bundles of the
// others drop: ours goes through the log.
/* eslint-disable no-console -- not to print, but to keep the SDK from it */
console.warn = () => undefined;
console.info = () => undefined;
/* eslint-enable no-console */

void runProgram("sweep", sweepProgram);
