import {
  formatLaunchers,
  formatLook,
  formatOutcome,
  formatPlan,
} from "../commands/sweep/sweep-report.ts";
import { lookAtRemains, sweep, type SweepOutcome } from "../commands/sweep/sweep.ts";
import type { Remains } from "../domain/sweep/remains.ts";
import { OciAuthError } from "../oci/oci-auth-error.ts";
import { describeAnswer, OciCallError } from "../oci/oci-errors.ts";
import type { RemainsControl } from "../oci/provider.ts";
import { createCommandLog } from "./command-log.ts";
import { CommandError, type ExitCode, type Program, type ProgramInput } from "./run.ts";
import { readSweepOptions, SWEEP_HELP, type SweepOptions } from "./sweep-options.ts";
import { systemClock } from "./system-clock.ts";

/** `npm run sweep`: run by the operator and by `cdktf destroy`, never on the management node. */
export const sweepProgram: Program = async (input) => {
  const options = readSweepOptions(input.argv);
  if (options === "help") {
    input.stdout.write(SWEEP_HELP);
    return 0;
  }
  const { stderr, pid } = input;
  const log = createCommandLog({ program: "sweep", stream: stderr, clock: systemClock, pid });
  const signal = AbortSignal.timeout(options.minutesMax * 60_000);
  const { createRemains, SWEEP_CONCURRENCY } = await import("./oci-sweep.ts");
  try {
    const control = await createRemains(options, { clock: systemClock, log, signal });
    if (options.isDryRun) return await printPlan(input, options, control);
    const outcome = await sweep(
      {
        ...{ control, clock: systemClock, signal, concurrency: SWEEP_CONCURRENCY },
        onLook: (remains, due) => {
          log.info(formatLook(remains, due));
        },
      },
      {
        clusterId: options.clusterId,
        pauseMs: options.pauseSeconds * 1000,
        despiteLaunchers: options.despiteLaunchers,
      },
    );
    return printOutcome(input, options, outcome);
  } catch (error) {
    throw explained(error, options);
  }
};

async function printPlan(
  { stdout, stderr }: ProgramInput,
  { clusterId, isJson }: SweepOptions,
  control: RemainsControl,
): Promise<ExitCode> {
  const remains: Remains = await lookAtRemains({ control, clock: systemClock }, clusterId);
  if (isJson) stdout.write(jsonText({ clusterId, kind: "planned", ...remains }));
  else stdout.write(formatPlan(clusterId, remains));
  if (remains.launchers.length > 0) stderr.write(formatLaunchers(clusterId, remains.launchers));
  return 0;
}

function printOutcome(
  { stdout, stderr }: ProgramInput,
  { clusterId, isJson }: SweepOptions,
  outcome: SweepOutcome,
): ExitCode {
  if (isJson) stdout.write(jsonText({ clusterId, ...outcome }));
  switch (outcome.kind) {
    case "launchers-run":
      stderr.write(`sweep: ${formatLaunchers(clusterId, outcome.launchers)}`);
      return 1;
    case "left":
      stderr.write(`sweep: ${formatOutcome(clusterId, outcome)}`);
      return 1;
    case "swept":
      if (!isJson) stdout.write(`sweep: ${formatOutcome(clusterId, outcome)}`);
      return 0;
  }
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** OCI's refusals and missing credentials in the words of this program: there is no startnode.yaml here. */
function explained(error: unknown, { ociConfigFile, profile }: SweepOptions): unknown {
  const advice = `check profile ${profile} of ${ociConfigFile}, --region and --compartment, and that your user may manage instance-family and volume-family there`;
  if (error instanceof OciCallError) {
    const { failure } = error;
    const said = `${failure.operation}: ${describeAnswer(failure)}`.replace(/[.\s]+$/, "");
    const request =
      failure.opcRequestId === undefined ? "" : ` [opc-request-id ${failure.opcRequestId}]`;
    return new CommandError(`${said}; ${advice}${request}`, { cause: error });
  }
  if (error instanceof OciAuthError) {
    const { cause } = error;
    const why = cause instanceof Error ? cause.message : error.message;
    return new CommandError(
      `no credentials: ${why}; check profile ${profile} of ${ociConfigFile}`,
      {
        cause: error,
      },
    );
  }
  return error;
}
