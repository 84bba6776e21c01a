import { shortened } from "../../nodectl/domain/problem.ts";
import { isRepositoryUrl } from "./repository.ts";

/** The https form of a remote's URL, without what is secret in it; or why there is none, naming no secret either. */
export type HttpsRemote =
  | { readonly kind: "https"; readonly url: string }
  | { readonly kind: "unclear"; readonly message: string };

/**
 * `git@host:lab/citc.git` and `ssh://git@host/lab/citc.git` are https://host/lab/citc.git on every forge that we know.
 * With another user, a port, an absolute path, or a host without a dot (a name of ~/.ssh/config) nobody can tell.
 */
export function httpsRemoteOf(remoteUrl: string): HttpsRemote {
  const [, host, path] =
    /^git@([\w-]+(?:\.[\w-]+)+):(?!\/)(?!\d+\/)(.+)$/.exec(remoteUrl) ??
    /^ssh:\/\/git@([\w-]+(?:\.[\w-]+)+)\/(.+)$/.exec(remoteUrl) ??
    [];
  const url =
    host === undefined || path === undefined ? withoutUser(remoteUrl) : `https://${host}/${path}`;
  if (isRepositoryUrl(url)) return { kind: "https", url };
  return {
    kind: "unclear",
    message: `the remote origin (${shortened(url)}) has no https form that is clear`,
  };
}

/** What stands before the @ may be a password or a token. */
function withoutUser(url: string): string {
  return url.replace(/:\/\/.*@/, "://");
}
