import { type Finding, problemsOr } from "./finding.ts";

/** What is left on the file system that holds a path. */
export interface SpaceSight {
  readonly path: string;
  /** For users other than root. */
  readonly freeBytes: number;
  readonly freeFiles: number;
  /** 0: the file system does not count its files. */
  readonly filesMax: number;
}

const MIB = 1024 * 1024;
/** slurmctld saves its state every five seconds and ends when it cannot. */
const BYTES_MIN = 50 * MIB;
const BYTES_FINE = 500 * MIB;
const FILES_MIN = 100;
const FILES_FINE = 2_000;

export function judgeSpace(sights: readonly SpaceSight[]): readonly Finding[] {
  const least = Math.min(...sights.map(({ freeBytes }) => freeBytes));
  return problemsOr(sights.flatMap(judgeOne), `at least ${sizeText(least)} free`);
}

/** Of these file systems those on which things fail now, or soon. */
export function fullDisks(sights: readonly SpaceSight[]): readonly Problem[] {
  return sights.flatMap(judgeOne).filter((finding) => finding.kind === "wrong");
}

type Problem = Extract<Finding, { kind: "warning" | "wrong" }>;

function judgeOne({ path, freeBytes, freeFiles, filesMax }: SpaceSight): readonly Problem[] {
  const fix = `free some: du -xh ${path} | sort -h | tail`;
  const judge = (
    amount: number,
    [min, fine]: readonly [number, number],
    what: string,
  ): readonly Problem[] => {
    if (amount >= fine) return [];
    const seen = `${path} has room for ${what} only`;
    return [{ kind: amount < min ? "wrong" : "warning", seen, fix }];
  };
  return [
    ...judge(freeBytes, [BYTES_MIN, BYTES_FINE], sizeText(freeBytes)),
    ...(filesMax === 0 ? [] : judge(freeFiles, [FILES_MIN, FILES_FINE], `${freeFiles} more files`)),
  ];
}

function sizeText(bytes: number): string {
  const mib = bytes / MIB;
  return mib < 1024 ? `${Math.floor(mib)} MiB` : `${Math.floor(mib / 1024)} GiB`;
}
