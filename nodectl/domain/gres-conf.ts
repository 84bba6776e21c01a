import { parseGres } from "./gres.ts";
import type { Gres } from "./gres.ts";
import type { NodeGroup } from "./launch-specification.ts";

/**
 * What the generic resources of the groups are, without the header. Read from the NodeName lines, so that slurmctld and
 * slurmd are told the same; only a comment when there are none.
 */
export function gresConfBody(groups: readonly NodeGroup[]): string {
  const lines = groups.flatMap(({ names, slurm }) =>
    gresLines(names, gresOf(slurm?.options["Gres"] ?? "")),
  );
  return [...(lines.length > 0 ? lines : ["# No node has a GPU or the like."]), ""].join("\n");
}

/** The value of GresTypes: the resources that any group has. */
export function gresTypes(groups: readonly NodeGroup[]): readonly string[] {
  const all = groups.flatMap(({ slurm }) => gresOf(slurm?.options["Gres"] ?? ""));
  return [...new Set(all.map(({ name }) => name))];
}

/** Word by word: the lines of an earlier finish may have some that this one would refuse. */
function gresOf(text: string): readonly Gres[] {
  return text.split(",").flatMap((word) => parseGres(word) ?? []);
}

function gresLines(names: string, all: readonly Gres[]): readonly string[] {
  let firstDevice = 0;
  return all.map(({ name, type, count }) => {
    const what = `NodeName=${names} Name=${name}${type === undefined ? "" : ` Type=${type}`}`;
    if (name !== "gpu") return `${what} Count=${count}`;
    const files = deviceFiles(type, firstDevice, Number(count));
    firstDevice += Number(count);
    return `${what} ${files}`;
  });
}

/** AMD's Instinct models. Slurm 24.11 ignores a GPU without a file (`Ignoring file-less GPU`), so theirs are named too. */
const AMD_TYPE = /^mi\d/i;
/** Linux numbers render nodes from here; the graphics of a server's board has none. */
const RENDER_NODE_FIRST = 128;

function deviceFiles(type: string | undefined, first: number, count: number): string {
  const isAmd = type !== undefined && AMD_TYPE.test(type);
  const from = first + (isAmd ? RENDER_NODE_FIRST : 0);
  const numbers = count === 1 ? `${from}` : `[${from}-${from + count - 1}]`;
  return `File=${isAmd ? "/dev/dri/renderD" : "/dev/nvidia"}${numbers}`;
}
