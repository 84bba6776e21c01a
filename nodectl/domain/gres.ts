/** One word of Gres on a NodeName line: `gpu:a10:2`, `gpu:8`, `scratch:100G`, `bandwidth:no_consume:4G`. */
export interface Gres {
  readonly name: string;
  readonly type: string | undefined;
  /** A number, for other resources than GPUs with a suffix. */
  readonly count: string;
}

/** No machine has more; each becomes the name of a device. */
const GPUS_MAX = 1024;

export const GRES_FIX =
  "write name[:type]:count, such as gpu:a10:2 or scratch:100G, with commas between several; of GPUs 1 to " +
  `${GPUS_MAX}, and without no_consume`;

/**
 * The words of Gres that finish can tell slurmd of. slurm.conf(5) has name[:type][:no_consume]:count and the suffixes K,
 * M, G, T and P. Slurm itself refuses nothing: it takes `gpu:a10:x` for two resources of one each, and a GPU without a
 * count or with 0 for one that no job can have (seen on 22.05.8 and 24.11.5); no_consume is not for resources with a
 * plugin of their own (slurm.conf(5)). Undefined: there is a word that is none of these.
 */
export function parseGres(text: string): readonly Gres[] | undefined {
  const words = text.split(",").map(parseWord);
  const known = words.filter((word) => word !== undefined);
  return known.length === words.length ? known : undefined;
}

function parseWord(word: string): Gres | undefined {
  const [, name, type, noConsume, count] =
    /^([a-z][\w-]*)(?::(?!no_consume:)([a-z][\w.-]*))?(:no_consume)?:([1-9]\d*[KMGTP]?)$/i.exec(
      word,
    ) ?? [];
  if (name === undefined || count === undefined) return undefined;
  const isFit = name.toLowerCase() !== "gpu" || (noConsume === undefined && isGpuCount(count));
  return isFit ? { name, type, count } : undefined;
}

function isGpuCount(count: string): boolean {
  return /^\d+$/.test(count) && Number(count) <= GPUS_MAX;
}
