import { existsSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { App } from "cdktf";
import { expectArchive, type ExpectedArchive } from "../nodectl/build/build.ts";
import { formatProblem } from "../nodectl/domain/problem.ts";
import type { Problem } from "../nodectl/domain/problem.ts";
import { archiveArchitecture } from "./archive.ts";
import { archiveWarnings } from "./archive-warnings.ts";
import { ClusterStack } from "./cluster-stack.ts";
import { ImpossibleStack } from "./impossible-stack.ts";
import { problemsOfMoving, readDeployedPlace } from "./deployed-place.ts";
import { readGitCheckout } from "./git-checkout.ts";
import { readSettings } from "./settings-file.ts";
import { FILE_VARIABLE } from "./settings-file/environment.ts";
import type { ClusterSettings } from "./settings.ts";
import { renderUserData } from "./user-data.ts";

const HELP = `Usage: npm run synth

Reads cluster.yaml and writes what Terraform needs to cdktf.out. No credentials
are needed, and nothing is changed in OCI: that does \`npx cdktf deploy\`, which
runs this program itself.

To begin:  cp infra/cluster.example.yaml cluster.yaml   and edit it.

  ${FILE_VARIABLE}    another file in place of cluster.yaml; Terraform's state
                       is kept beside it, in terraform.<name>.tfstate
  CITC_<KEY>           a setting, before the file: CITC_REGION,
                       CITC_MANAGEMENT_SHAPE; lists with commas: CITC_SSH_CIDRS

Exit status: 0 it is written; 1 the settings are wrong, and all that is wrong
was said; 2 the command line is wrong.
`;

const ROOT = join(import.meta.dirname, "..");

process.exitCode = await main();

async function main(): Promise<0 | 1 | 2> {
  const isHelp = readArguments();
  if (isHelp === undefined) return 2;
  if (isHelp) {
    process.stdout.write(HELP);
    return 0;
  }
  const { env } = process;
  const file = resolve(env[FILE_VARIABLE] ?? join(ROOT, "cluster.yaml"));
  if (!existsSync(file)) return say([missingFile(file)], 1);
  const checkout = await readGitCheckout(ROOT, env);
  const checked = await readSettings(nameOf(file), { environment: env, checkout });
  if (checked.kind === "invalid") return say(checked.problems.map(formatProblem), 1);
  const { settings, warnings } = checked.value;
  const stateFile = join(dirname(file), `terraform.${settings.name}.tfstate`);
  const deployed = await readDeployedPlace(stateFile);
  const moves = deployed === undefined ? [] : problemsOfMoving(deployed, settings, nameOf(file));
  if (moves.length > 0) return say(moves.map(formatProblem), 1);
  const archive = await expectArchive(ROOT, archiveArchitecture(settings.management.shape));
  say([...warnings, ...(await archiveWarnings(archive, nameOf(archive.archive)))].map(warning), 0);
  const outdir = env["CDKTF_OUTDIR"];
  const written = synthesize({
    settings,
    archive,
    stateFile,
    outdir: outdir ?? join(ROOT, "cdktf.out"),
  });
  if (written.kind === "impossible") return say([`${nameOf(file)}: ${written.reason}`], 1);
  // cdktf calls us as its first step, and says itself what comes next.
  if (outdir === undefined) {
    process.stdout.write(`written to ${nameOf(written.directory)}; next: npx cdktf deploy\n`);
  }
  return 0;
}

/** Whether help is asked for; undefined when the command line is wrong, which is then said. */
function readArguments(): boolean | undefined {
  try {
    return parseArgs({ options: { help: { type: "boolean", short: "h" } } }).values.help ?? false;
  } catch (error) {
    say(
      [`synth: ${(error as Error).message.split(". ")[0] ?? ""}`, "Try `npm run synth -- --help`."],
      2,
    );
    return undefined;
  }
}

interface SynthesisInput {
  readonly settings: ClusterSettings;
  readonly archive: ExpectedArchive;
  readonly stateFile: string;
  readonly outdir: string;
}

type Synthesis =
  /** Terraform is to be run in `directory`. */
  | { readonly kind: "written"; readonly directory: string }
  /** Each setting is allowed, and what they make together is more than OCI takes. */
  | { readonly kind: "impossible"; readonly reason: string };

function synthesize({ settings, archive, stateFile, outdir }: SynthesisInput): Synthesis {
  // Its one check runs Terraform, for the release: the stack demands that of Terraform itself.
  const app = new App({ outdir, skipValidation: true });
  try {
    new ClusterStack(app, {
      settings,
      stateFile,
      archive,
      userData: renderUserData(join(ROOT, "userdata"), "management.yaml"),
    });
  } catch (error) {
    if (error instanceof ImpossibleStack) return { kind: "impossible", reason: error.message };
    throw error;
  }
  app.synth();
  return { kind: "written", directory: join(app.outdir, "stacks", settings.name) };
}

function missingFile(file: string): string {
  const example = nameOf(join(ROOT, "infra/cluster.example.yaml"));
  const name = nameOf(file);
  return `${name}: there is no such file; \`cp ${example} ${name}\` makes one to edit`;
}

function warning(problem: Problem): string {
  return `warning: ${formatProblem(problem)}`;
}

function say<Status extends number>(lines: readonly string[], status: Status): Status {
  process.stderr.write(lines.map((line) => `${line}\n`).join(""));
  return status;
}

/** As a person here would write it. */
function nameOf(path: string): string {
  const name = relative(process.cwd(), path);
  return name.startsWith("..") || isAbsolute(name) ? path : name;
}
