import type { GitCheckout } from "../../infra/git-checkout.ts";
import { parseSettings } from "../../infra/settings-file.ts";
import type { CheckedSettings } from "../../infra/settings-file.ts";
import type { Environment } from "../../infra/settings-file/environment.ts";
import { formatProblem } from "../../nodectl/domain/problem.ts";

export const PUBLIC_KEY =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDND3vvcuYsZi8w8fQjnZdAL2hqtfJCUaNpVRiH2l0ce me@laptop";

/** What a user fills in, and nothing else. Line 1 is the name. */
export const MINIMAL = `name: tidy
region: uk-london-1
compartment: ocid1.compartment.oc1..aaaa
tenancy: ocid1.tenancy.oc1..tttt
ssh_public_keys: [${PUBLIC_KEY}]
ssh_cidrs: [198.51.100.0/24]
`;

export const COMMIT = "0123456789abcdef0123456789abcdef01234567";

export const CHECKOUT = {
  kind: "checkout",
  remoteUrl: "https://git.example/lab/citc.git",
  commit: COMMIT,
  tag: undefined,
  isOnRemote: true,
  changedFileCount: 0,
} satisfies GitCheckout;

interface Around {
  readonly environment?: Environment;
  readonly checkout?: GitCheckout;
}

export function read(text: string, { environment = {}, checkout = CHECKOUT }: Around = {}) {
  return parseSettings(text, "cluster.yaml", { environment, checkout });
}

/** Throws what is wrong with it. */
export function valid(text: string, around?: Around): CheckedSettings {
  const checked = read(text, around);
  if (checked.kind === "valid") return checked.value;
  throw new Error(checked.problems.map(formatProblem).join("\n"));
}

export function problemLines(text: string, around?: Around): readonly string[] {
  const checked = read(text, around);
  return checked.kind === "invalid" ? checked.problems.map(formatProblem) : [];
}

export function warningLines(text: string, around?: Around): readonly string[] {
  return valid(text, around).warnings.map(formatProblem);
}

/** An existing network, three lines from line 8 on when it is added to the minimal file. */
export const EXISTING = `network:
  vcn: ocid1.vcn.oc1.uk-london-1.vvvv
  management_subnet: ocid1.subnet.oc1.uk-london-1.mmmm
  compute_subnet: ocid1.subnet.oc1.uk-london-1.cccc
`;

/** The minimal file with the line of this key replaced, or with lines added. */
export function changed(lines: string): string {
  const key = /^\w+:/.exec(lines)?.[0] ?? "";
  const old = MINIMAL.split("\n").find((line) => key !== "" && line.startsWith(key));
  return old === undefined ? `${MINIMAL}${lines}\n` : MINIMAL.replace(old, lines);
}
