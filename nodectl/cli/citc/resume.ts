import { formatResumeReport } from "../../commands/pause-report.ts";
import { resumeLaunching } from "../../commands/pause.ts";
import { loadConfig } from "../load.ts";
import { parseOptions, UsageError } from "../options.ts";
import { PATH_HELP, PATH_OPTIONS } from "../path-options.ts";
import type { Program } from "../run.ts";
import { slurmOf } from "../slurm.ts";
import { systemClock } from "../system-clock.ts";
import { asRoot, createAdminLog } from "./admin-context.ts";

const HELP = `Usage: citc resume [options]

Ends a pause ('citc pause'), and returns the nodes that are DOWN because of it,
so that Slurm wakes them for the next jobs. Safe to repeat.

Options:
  --json                    print what was done as JSON
${PATH_HELP}
  --help

Exit status: 0 launching goes on; 1 the pause could not be ended, or Slurm did
not take the nodes back; 2 the command line is wrong.
`;

export const resume: Program = async (input) => {
  const { values, positionals } = parseOptions(input.argv, {
    ...PATH_OPTIONS,
    json: { type: "boolean" },
    help: { type: "boolean" },
  });
  if (values.help === true) {
    input.stdout.write(HELP);
    return 0;
  }
  const [extra] = positionals;
  if (extra !== undefined) throw new UsageError(`unexpected argument ${JSON.stringify(extra)}`);
  const config = await loadConfig(values);
  const log = createAdminLog("resume", config, input);
  const report = await asRoot("resume", () =>
    resumeLaunching({
      ...{ file: config.pauseFile, slurm: slurmOf(config, log), clock: systemClock, log },
    }),
  );
  input.stdout.write(
    values.json === true ? `${JSON.stringify(report, null, 2)}\n` : formatResumeReport(report),
  );
  return 0;
};
