import { styleText } from "node:util";
import { columnsOf } from "../columns.ts";
import { explain as explainSubject } from "../../commands/explain.ts";
import { explanationJson, formatExplanation } from "../../commands/explain-report.ts";
import { parseSubject } from "../../domain/explain/subject.ts";
import { createCommandLog } from "../command-log.ts";
import { parseOptions, UsageError } from "../options.ts";
import { PATH_OPTIONS } from "../path-options.ts";
import type { Program } from "../run.ts";
import { systemClock } from "../system-clock.ts";
import { createExplainContext } from "./explain-context.ts";
import { loadExplainSettings } from "./explain-settings.ts";

const HELP = `Usage: citc explain JOBID [options]
       citc explain NODE [options]

Says in plain language why a job waits, or what is with a node: what Slurm and
Oracle say of it, what happens next and when, and what you can do. Changes
nothing. JOBID is what sbatch and squeue print: 12, or 12_3 for one task of an
array. Everybody may ask; what OCI has of the nodes only an admin sees (sudo).

Options:
  --json                    print the explanation as JSON
  --config FILE             settings [/etc/citc/startnode.yaml]
  --nodes-file FILE, --log-file FILE, --slurm-conf FILE,
  --slurm-bin-directory DIR in place of what the settings name
  --help

Exit status: 0 explained; 1 there is no such job or node, or Slurm does not
answer, and that was said; 2 the command line is wrong.
`;

/** Longer lines are hard to read. */
const COLUMNS_MAX = 100;

const NOT_EXPLAINED = new Set(["unknown-job", "unknown-node", "slurmctld-away"]);

export const explain: Program = async ({ argv, stdout, stderr, pid }) => {
  const { values, positionals } = parseOptions(argv, {
    ...PATH_OPTIONS,
    json: { type: "boolean" },
    help: { type: "boolean" },
  });
  if (values.help === true) {
    stdout.write(HELP);
    return 0;
  }
  const [asked, extra] = positionals;
  if (asked === undefined) throw new UsageError("name a job or a node: citc explain 12");
  if (extra !== undefined) throw new UsageError(`one at a time, and not ${extra} as well`);
  const subject = parseSubject(asked);
  if (subject.kind === "refused") throw new UsageError(subject.message);
  const settings = await loadExplainSettings(values);
  // What goes wrong on the way is part of the explanation; the log is for those who change something.
  const log = createCommandLog({
    program: "citc",
    stream: stderr,
    levels: ["error"],
    clock: systemClock,
    pid,
  });
  const explained = await explainSubject(createExplainContext(settings, log), subject);
  if (values.json === true) stdout.write(explanationJson(asked, explained));
  else {
    const width = columnsOf(stdout);
    const emphasize = (text: string): string => (stdout.isTTY ? styleText("bold", text) : text);
    stdout.write(
      formatExplanation(explained, { columns: Math.min(width, COLUMNS_MAX), emphasize }),
    );
  }
  return NOT_EXPLAINED.has(explained.explanation.cause) ? 1 : 0;
};
