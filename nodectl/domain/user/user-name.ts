import { shortened } from "../problem.ts";
import { invalid, type Reading } from "./reading.ts";

/** What POSIX calls portable, in lower case, and short enough for useradd(8), ps and squeue's `%u`. */
const NAME = /^[a-z][a-z0-9_-]{0,30}$/;
const LENGTH_MAX = 31;

/**
 * Names that are, or will be once a package is installed, accounts or groups of the system on some node. A directory
 * entry of the same name would be hidden by the local one there, or become a member of what it names.
 */
const RESERVED = new Set([
  ...[
    "root",
    "daemon",
    "bin",
    "sys",
    "adm",
    "sync",
    "games",
    "man",
    "lp",
    "mail",
    "news",
    "nobody",
  ],
  ...["opc", "ubuntu", "debian", "centos", "rocky", "admin", "administrator", "citc", "ansible"],
  ...["slurm", "munge", "mysql", "mariadb", "dirsrv", "sssd", "ldap", "prometheus", "grafana"],
  ...["sshd", "messagebus", "polkitd", "chrony", "dbus", "systemd", "rpc", "rpcuser", "statd"],
  ...["wheel", "sudo", "users", "docker", "staff", "shadow", "nogroup", "video", "render", "kvm"],
  ...["operator", "backup", "tape", "disk", "kmem", "tty", "utmp", "input", "postgres", "www-data"],
  ...["nginx", "apache", "oracle-cloud-agent", "ocarun", "halt", "shutdown", "ftp", "uucp", "all"],
]);

/** The names of this computer's own accounts and groups: /etc/passwd, /etc/group. */
export interface LocalNames {
  readonly users: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
}

/** A name that a user of the directory may have. */
export function readUserName(text: string, local: LocalNames): Reading<string> {
  if (!NAME.test(text)) return invalid(`${quoted(text)} cannot be a user's name; ${advice(text)}`);
  const owner = ownerOf(text, local);
  if (owner === undefined) return { kind: "valid", value: text };
  return invalid(`${quoted(text)} is ${owner}; write another name, such as ${otherName(text)}`);
}

/** Whether a text may be looked up as a user's name at all. */
export function isUserName(text: string): boolean {
  return NAME.test(text);
}

function ownerOf(name: string, { users, groups }: LocalNames): string | undefined {
  if (users.has(name)) return "an account of this computer itself (/etc/passwd)";
  if (groups.has(name)) return "a group of this computer itself (/etc/group)";
  if (RESERVED.has(name) || name.startsWith("systemd-")) return "reserved for the system";
  return undefined;
}

function otherName(name: string): string {
  return `${name.slice(0, LENGTH_MAX - 5)}-user`;
}

/** What a person most likely meant: `A.Smith` gives a-smith. */
function advice(text: string): string {
  const rule = `write 1 to ${LENGTH_MAX} of a-z, 0-9, _ and -, a letter first`;
  const near = text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[.\s]+/g, "-")
    .replace(/[^a-z0-9_-]/g, "")
    .replace(/^[^a-z]+/, "")
    .slice(0, LENGTH_MAX);
  return NAME.test(near) ? `${rule}: ${near}` : rule;
}

function quoted(text: string): string {
  return `"${shortened(text)}"`;
}
