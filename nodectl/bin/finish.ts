import { runProgram } from "../cli/run.ts";
import { finish } from "../cli/finish.ts";

void runProgram("finish", finish);
