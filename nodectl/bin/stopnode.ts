import { runProgram } from "../cli/run.ts";
import { stopnode } from "../cli/stopnode.ts";

void runProgram("stopnode", stopnode);
