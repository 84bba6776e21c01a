import type { Remainder, RemainderKind, Remains } from "../../domain/sweep/remains.ts";
import { countText } from "../../domain/status/words.ts";
import { describeAnswer } from "../../oci/oci-errors.ts";
import type { LeftOver, SweepOutcome } from "./sweep.ts";

/** Of each list that a person reads; --json has all. */
const LINES_MAX = 20;

const WORDS: Readonly<Record<RemainderKind, string>> = {
  instance: "instance",
  "boot-volume": "boot volume",
  image: "image",
};

/** e.g. `2 instances, 1 boot volume`. */
function itemsText(items: readonly Pick<Remainder, "kind">[]): string {
  const kinds = Object.keys(WORDS) as RemainderKind[];
  const parts = kinds.flatMap((kind) => {
    const count = items.filter((item) => item.kind === kind).length;
    return count === 0 ? [] : [countText(count, WORDS[kind])];
  });
  return parts.length === 0 ? "nothing" : parts.join(", ");
}

/** One line of progress. */
export function formatLook({ removable, pending }: Remains, due: readonly Remainder[]): string {
  const waiting = [...pending, ...removable.filter((item) => !due.includes(item))];
  if (due.length + waiting.length === 0) return "nothing of it is left; looking once more";
  const parts = [
    ...(due.length === 0 ? [] : [`removing ${itemsText(due)}`]),
    ...(waiting.length === 0 ? [] : [`waiting for ${itemsText(waiting)}`]),
  ];
  return parts.join(", ");
}

/** What a sweep would do. */
export function formatPlan(clusterId: string, remains: Remains): string {
  const { removable, pending, doubtful } = remains;
  const lines = [
    `cluster ${clusterId}: would remove ${itemsText(removable)}`,
    ...listed(removable),
    ...(pending.length === 0 ? [] : [`would wait for ${itemsText(pending)}`, ...listed(pending)]),
    ...doubtLines(doubtful),
  ];
  return `${lines.join("\n")}\n`;
}

/** The summary, and what a person has to look at. */
export function formatOutcome(
  clusterId: string,
  outcome: Exclude<SweepOutcome, { kind: "launchers-run" }>,
): string {
  const { removed, doubtful } = outcome;
  const did = `cluster ${clusterId}: removed ${itemsText(removed)}`;
  const lines =
    outcome.kind === "swept"
      ? [`${did}; nothing is left`]
      : [`${did}; ${leftText(outcome.left)}`, ...leftLines(outcome.left, outcome.isTimeUp)];
  return `${[...lines, ...doubtLines(doubtful)].join("\n")}\n`;
}

function leftText(left: readonly LeftOver[]): string {
  if (left.length === 0) return "nothing was found, but a second look was not had in time";
  return `${itemsText(left.map(({ item }) => item))} LEFT`;
}

function leftLines(left: readonly LeftOver[], isTimeUp: boolean): readonly string[] {
  const lines = left.map(({ item, failure }) => {
    const why = failure === undefined ? "" : `: ${describeAnswer(failure)}`;
    return `${line(item)}${why}`;
  });
  const advice = isTimeUp
    ? "the time was up: run it again, which is safe"
    : "OCI refuses: your user needs to manage instance-family and volume-family in the compartment; then run it again";
  return [...shortened(lines), advice];
}

function doubtLines(doubtful: readonly Remainder[]): readonly string[] {
  if (doubtful.length === 0) return [];
  return [
    `left alone: ${itemsText(doubtful)} that may be of this cluster or of another, OCI does not tell; they cost.`,
    ...listed(doubtful),
    "to delete one: oci bv boot-volume delete --boot-volume-id OCID",
  ];
}

/** What runs on and may launch others. */
export function formatLaunchers(clusterId: string, launchers: readonly Remainder[]): string {
  const lines = [
    `cluster ${clusterId} still has its management node, which would launch new nodes:`,
    ...listed(launchers),
    "to end the whole cluster: npx cdktf destroy; to stop its nodes: citc nodes stop;",
    "if it cannot launch any more, whatever OCI says of it: --despite-management",
  ];
  return `${lines.join("\n")}\n`;
}

function listed(items: readonly Remainder[]): readonly string[] {
  return shortened(items.map(line));
}

function line({ kind, name, lifecycleState, ocid }: Remainder): string {
  return `  ${WORDS[kind]} ${name} (${lifecycleState}) ${ocid}`;
}

function shortened(lines: readonly string[]): readonly string[] {
  if (lines.length <= LINES_MAX) return lines;
  return [...lines.slice(0, LINES_MAX), `  and ${lines.length - LINES_MAX} more`];
}
