import { shortened } from "../../nodectl/domain/problem.ts";
import type { GitCheckout } from "../git-checkout.ts";
import type { AnsibleSettings } from "../settings.ts";
import type { Findings, Place } from "./findings.ts";
import { httpsRemoteOf } from "./remote-url.ts";
import { looksPinned } from "./repository.ts";
import type { FoundSettings } from "./source.ts";

const REPOSITORY_FIX =
  "write `repository:`, an https URL, and `ref:`, a tag or commit, below `ansible:`";

/** What is written; else the repository and the state that the operator deploys from. */
export function ansibleOf(
  found: FoundSettings,
  checkout: GitCheckout,
  findings: Findings,
): AnsibleSettings | null {
  const { "ansible.repository": repository, "ansible.ref": ref } = found;
  if (repository === null || ref === null) return null;
  if (ref.value !== undefined && !looksPinned(ref.value)) {
    const message = "this does not look like a tag or a commit";
    const fix = "write one of those: a branch moves, and nodes would differ by when they boot";
    findings.warn(ref.place, message, fix);
  }
  const url = repository.value ?? ownRemote(repository.place, checkout, findings);
  if (url === null) return null;
  if (ref.value !== undefined) return { repository: url, ref: ref.value };
  if (!isOwnRemote(url, checkout)) {
    const message = "which state of another repository is wanted only you know";
    return findings.refuse(ref.place, message, "add a line such as `ansible: ref: v1.0`");
  }
  return { repository: url, ref: ownState(ref.place, checkout, findings) };
}

function ownRemote(place: Place, checkout: GitCheckout, findings: Findings): string | null {
  if (checkout.kind === "none") {
    const message = `nothing is known of this folder's repository (${shortened(checkout.reason)})`;
    return findings.refuse(place, message, REPOSITORY_FIX);
  }
  if (checkout.remoteUrl === undefined) {
    const message = "this folder's repository has no remote origin to take the playbooks from";
    return findings.refuse(place, message, REPOSITORY_FIX);
  }
  const remote = httpsRemoteOf(checkout.remoteUrl);
  if (remote.kind === "https") return remote.url;
  return findings.refuse(place, remote.message, REPOSITORY_FIX);
}

type OwnCheckout = Extract<GitCheckout, { kind: "checkout" }>;

function isOwnRemote(url: string, checkout: GitCheckout): checkout is OwnCheckout {
  if (checkout.kind === "none" || checkout.remoteUrl === undefined) return false;
  const remote = httpsRemoteOf(checkout.remoteUrl);
  return remote.kind === "https" && remote.url === url;
}

function ownState(place: Place, checkout: OwnCheckout, findings: Findings): string {
  const ref = checkout.tag ?? checkout.commit;
  const here = { ...place, value: ref };
  if (!checkout.isOnRemote) {
    const message = "no branch of origin has this commit, as far as git knows here";
    findings.warn(here, message, "push it before you deploy, or the management node cannot get it");
  }
  if (checkout.changedFileCount > 0) {
    const count = checkout.changedFileCount;
    const files = count === 1 ? "1 file differs" : `${count} files differ`;
    const message = `${files} from this commit, which the cluster will not see`;
    findings.warn(here, message, "commit and push them, if they matter");
  }
  return ref;
}
