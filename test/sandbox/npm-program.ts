import { UsageError } from "../../nodectl/cli/options.ts";
import type { Program } from "../../nodectl/cli/run.ts";

/** A person's program, known by its npm script: a wrong command line is answered with one that works. */
export function npmProgram(script: string, program: Program): Program {
  return async (input) => {
    try {
      return await program(input);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      input.stderr.write(`${script}: ${error.message}\nTry: npm run ${script} -- --help\n`);
      return 2;
    }
  };
}

/** npm keeps options for itself that do not stand behind `--`, and hands on their values. */
export function refuseArguments(script: string, [argument]: readonly string[]): void {
  if (argument === undefined) return;
  throw new UsageError(
    `${argument}: no argument is expected; options go behind --, as in: npm run ${script} -- --release trixie`,
  );
}
