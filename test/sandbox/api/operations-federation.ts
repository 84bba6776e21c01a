import type { Operation } from "./operation.ts";

/** On OCI of the host auth.<region>.<domain>. */
export const FEDERATION_PATH = "/v1/x509";

/** OCI's API reference has no name for it: the SDKs' source is all that there is. */
export const GET_SECURITY_TOKEN: Operation = {
  name: "GetSecurityToken",
  method: "POST",
  path: FEDERATION_PATH,
  kind: "uncounted",
  run: (call) => ({ status: 200, json: JSON.stringify({ token: call.issueToken() }) }),
};
