import { citc } from "../cli/citc/citc.ts";
import { runProgram } from "../cli/run.ts";

void runProgram("citc", citc);
