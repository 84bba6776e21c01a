import type { Located, ProblemCollector } from "../../nodectl/domain/problem-collector.ts";
import { joinKeys } from "../../nodectl/domain/problem.ts";

const LENGTH_MAX = 255;
const URL_FIX =
  "write an https URL that the management node can read without a password, such as https://git.example/lab/cluster.git";
const REF_FIX =
  "write a tag or a commit of the repository: letters, digits and . _ / + @ - in a form that git takes";

/** The machines of the cluster pull from it: over https, and without a password, which they could not keep secret. */
export function readRepository(located: Located, problems: ProblemCollector): string | null {
  const { at, path } = located;
  const written = at.kind === "scalar" ? at.source : "";
  if (/:\/\/.*@/.test(written)) {
    // Not shown: what stands before the @ may be a password.
    const message = "there is a user or a password in this URL, and every machine could read it";
    return problems.add({ line: at.line, key: joinKeys(path), message, fix: URL_FIX });
  }
  if (isRepositoryUrl(written)) return written;
  return problems.report(located, "this is no such URL", URL_FIX);
}

/** Only letters that mean nothing to a shell or to YAML: the URL is a part of user data. */
export function isRepositoryUrl(text: string): boolean {
  return (
    text.length <= LENGTH_MAX &&
    /^https:\/\/[A-Za-z0-9][A-Za-z0-9.-]*(:\d{1,5})?\/[A-Za-z0-9._~%/+-]+$/.test(text) &&
    URL.canParse(text)
  );
}

/** Narrower than git-check-ref-format(1), whose refs may hold quotes and `$(`: the ref is a part of user data. */
export function readRef(located: Located, problems: ProblemCollector): string | null {
  const written = located.at.kind === "scalar" ? located.at.source : "";
  const isRef =
    written.length <= LENGTH_MAX &&
    /^[A-Za-z0-9_][A-Za-z0-9._/+@-]*$/.test(written) &&
    !/\.\.|\/\/|\/\.|[./]$|\.lock(\/|$)/.test(written);
  return isRef ? written : problems.report(located, "git takes no such ref", REF_FIX);
}

/** A commit, or what releases are called: v2, 1.4, refs/tags/spring. A branch may be called so too, but rarely is. */
export function looksPinned(ref: string): boolean {
  return /^[0-9a-f]{7,64}$|^refs\/tags\/.|^v\d|\d\.\d/.test(ref);
}
