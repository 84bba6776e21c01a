import { UsageError } from "../options.ts";
import type { Program } from "../run.ts";
import { VERBS } from "./verbs.ts";

const WIDTH = Math.max(...Object.keys(VERBS).map((verb) => verb.length));
const VERB_HELP = Object.entries(VERBS)
  .map(([verb, { summary }]) => `  ${verb.padEnd(WIDTH)}  ${summary}`)
  .join("\n");

const HELP = `Usage: citc COMMAND [options]

Looks after an elastic Slurm cluster on Oracle Cloud: what runs, what it costs,
why a job waits, and what has gone wrong. Run it on the management node, with
sudo where it changes something.

${VERB_HELP}

'citc COMMAND --help' tells more about each of them. Those that change nodes
take --dry-run, and those that print take --json.

Where to look first:
  citc status                           what runs, what it costs, what is wrong
  citc explain JOBID                    why a job waits, and what to do
  citc logs NODE                        what happened to one node, in order
  citc doctor                           what the cluster lacks, with the cure
  citc reconcile --dry-run              where Slurm and OCI disagree
  sinfo -R -o '%E  %N'                  why nodes are DOWN, and their next try

Examples:
  sudo citc pause --reason 'the file server is down'
  sudo citc resume
  sudo citc nodes drain --reason 'disk errors' vm-standard2-1-ad1-0007
  sudo citc nodes confirm-dead 'vm-standard2-1-ad1-[0003-0004]'
  sudo citc user add ada --ssh-key https://github.com/ada.keys
  sudo citc logs --since 2h vm-standard2-1-ad1-0007

The log of all of it is /var/log/slurm/elastic.log, a JSON object a line.

Exit status: 0 done, and nothing is wrong; 1 something is wrong, and was said;
2 the command line is wrong.
`;

/** The executable for admins, and for the timer. */
export const citc: Program = async (input) => {
  const [verb, ...argv] = input.argv;
  if (verb === undefined || verb === "--help" || verb === "help") {
    const [topic] = verb === "help" ? argv : [];
    if (topic !== undefined) return citc({ ...input, argv: [topic, "--help"] });
    (verb === undefined ? input.stderr : input.stdout).write(HELP);
    return verb === undefined ? 2 : 0;
  }
  // What every object has besides, such as "constructor", is no verb.
  const command = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (command === undefined) {
    throw new UsageError(
      `no command ${JSON.stringify(verb)}; there are ${Object.keys(VERBS).join(", ")}`,
    );
  }
  const program = await command.load();
  return program({ ...input, argv });
};
