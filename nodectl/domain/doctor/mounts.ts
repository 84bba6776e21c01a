import { type Finding, ok, wrong } from "./finding.ts";

/** One line of /proc/self/mountinfo (proc(5)). */
export interface Mount {
  readonly mountPoint: string;
  readonly type: string;
  readonly source: string;
  readonly isReadOnly: boolean;
}

export function parseMounts(text: string): readonly Mount[] {
  return text.split("\n").flatMap((line) => {
    const [before = "", behind] = line.split(" - ");
    const [mountPoint, options] = before.split(" ").slice(4);
    const [type, source, superOptions] = behind?.split(" ") ?? [];
    if (mountPoint === undefined || type === undefined) return [];
    const isReadOnly = [options, superOptions].some((it) => it?.split(",").includes("ro"));
    return [
      { mountPoint: unescaped(mountPoint), type, source: unescaped(source ?? ""), isReadOnly },
    ];
  });
}

/** The kernel writes blanks and backslashes as three octal digits. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

/** The file system that holds a path: the longest mount point counts, of two at one place the later one. */
export function mountOf(path: string, mounts: readonly Mount[]): Mount | undefined {
  return mounts
    .filter(({ mountPoint }) => isBelow(path, mountPoint))
    .reduce<Mount | undefined>(
      (best, mount) =>
        best === undefined || mount.mountPoint.length >= best.mountPoint.length ? mount : best,
      undefined,
    );
}

function isBelow(path: string, directory: string): boolean {
  const prefix = directory.endsWith("/") ? directory : `${directory}/`;
  return path === directory || path.startsWith(prefix);
}

/** The machine's own disk is no shared file system: compute nodes would not see what finish writes. */
export function judgeSharedMount(path: string, mounts: readonly Mount[]): Finding {
  const mount = mountOf(path, mounts);
  if (mount === undefined || mount.mountPoint === "/") {
    const fix = `mount -a (look at /etc/fstab and at the mount target's address): compute nodes read ${path}`;
    return wrong(`no shared file system is mounted at or above ${path}`, fix);
  }
  const { mountPoint, type, source, isReadOnly } = mount;
  if (!isReadOnly) return ok(`${mountPoint} is mounted (${type})`);
  const fix = `mount -o remount,rw ${mountPoint}: finish writes there`;
  return wrong(`${mountPoint} (${source}) is mounted read-only`, fix);
}
