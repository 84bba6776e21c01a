import { runProgram } from "../cli/run.ts";
import { startnode } from "../cli/startnode.ts";

void runProgram("startnode", startnode);
