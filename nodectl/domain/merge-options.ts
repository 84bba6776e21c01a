import type { SlurmOptions } from "./launch-specification.ts";
import { OMIT, ownKeyOf } from "./slurm-options.ts";

/** Our parameters with the admin's over them: his value replaces ours, `omit` drops it, the rest is added. */
export function mergeOptions(own: SlurmOptions, given: SlurmOptions): SlurmOptions {
  const kept = Object.entries(own).flatMap(([key, value]) => {
    const givenKey = ownKeyOf(given, key);
    const chosen = givenKey === undefined ? value : given[givenKey];
    return chosen === undefined || chosen === OMIT ? [] : [[key, chosen] as const];
  });
  const added = Object.entries(given).filter(
    ([key, value]) => value !== OMIT && ownKeyOf(own, key) === undefined,
  );
  return Object.fromEntries([...kept, ...added]);
}

/**
 * The same for a parameter that is a list of words such as `a,b=1`: the admin's words join ours, and one with the
 * same name replaces it. Ours come last, because Slurm 24.11 misreads node_reg_mem_percent when a word follows it.
 */
export function mergeWords(own: readonly string[], given: string): string {
  const givenWords = given.split(",").filter((word) => word !== "");
  const givenNames = new Set(givenWords.map(nameOf));
  const merged = [...givenWords, ...own.filter((word) => !givenNames.has(nameOf(word)))];
  return merged.toSorted((a, b) => rank(a) - rank(b)).join(",");
}

function nameOf(word: string): string {
  return (word.split("=")[0] ?? word).toLowerCase();
}

function rank(word: string): number {
  return nameOf(word) === "node_reg_mem_percent" ? 1 : 0;
}
