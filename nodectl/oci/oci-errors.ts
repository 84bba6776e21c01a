import { NO_CREDENTIALS } from "./oci-auth-error.ts";
import type { FailureClass, OciFailure } from "./provider.ts";

/** What the SDK throws: OciError for an answer, a plain object for "no answer" (facts of oci-common 2.139.1). */
interface ThrownBySdk {
  readonly statusCode?: unknown;
  readonly serviceCode?: unknown;
  readonly opcRequestId?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
}

/** One row of the table: the first whose conditions all hold gives the class. */
interface Rule {
  readonly status?: number;
  readonly codes?: readonly string[];
  readonly messageContains?: string;
  readonly class: FailureClass;
}

/**
 * How OCI's refusals are told apart. Read from the top, the first match counts. Sources: the API's error page
 * ("API Errors" in Oracle's documentation), and what the Terraform provider, karpenter-provider-oci,
 * cluster-api-provider-oci and the cluster autoscaler match on. Nothing outside this table reads a message.
 */
const RULES: readonly Rule[] = [
  { status: 429, class: "throttled" },
  // OCI reports a full data centre as an internal error: only the text tells it from a fault of the service.
  { status: 500, messageContains: "out of host capacity", class: "capacity" },
  { codes: ["OutOfCapacity", "OutOfHostCapacity"], class: "capacity" },
  { status: 400, codes: ["LimitExceeded", "QuotaExceeded", "ServiceLimit"], class: "limit" },
  { status: 400, messageContains: "service limits were exceeded", class: "limit" },
  // Said with 400 or 409: another instance of that name still has it. Worth another look, not another try.
  { messageContains: "hostname label", class: "label" },
  { messageContains: "already used in subnet", class: "label" },
  { status: 409, codes: ["InvalidatedRetryToken"], class: "token" },
  { status: 409, messageContains: "retry token", class: "token" },
  { status: 409, messageContains: "token is currently in use", class: "token" },
  { status: 409, codes: ["NotAuthorizedOrResourceAlreadyExists"], class: "config" },
  { status: 409, class: "conflict" },
  { status: 412, class: "conflict" },
  { status: 401, class: "auth" },
  { status: 403, class: "auth" },
  { status: 404, class: "auth" },
  { status: 408, class: "transient" },
  { status: 501, class: "config" },
];

/** The class of an answer by status, code and message; a work request's errors have no status. */
export function classifyAnswer(
  status: number | undefined,
  code: string,
  message: string,
): FailureClass {
  const text = message.toLowerCase();
  const rule = RULES.find(
    (candidate) =>
      isOfStatus(candidate, status) &&
      (candidate.codes === undefined || candidate.codes.includes(code)) &&
      (candidate.messageContains === undefined || text.includes(candidate.messageContains)),
  );
  if (rule !== undefined) return rule.class;
  return status === undefined || status >= 500 ? "transient" : "config";
}

/** Without a status the code or the words have to tell; a row that has neither is about the status alone. */
function isOfStatus(rule: Rule, status: number | undefined): boolean {
  if (rule.status === undefined || rule.status === status) return true;
  return status === undefined && (rule.codes ?? rule.messageContains) !== undefined;
}

/** Turns whatever a call of the SDK threw into the failure that the rest of the program knows. */
export function describeFailure(operation: string, thrown: unknown): OciFailure {
  const { statusCode, serviceCode, opcRequestId, code, message } = asThrown(thrown);
  const text = typeof message === "string" && message !== "" ? message : String(thrown);
  if (typeof statusCode === "number" && statusCode > 0) {
    const ociCode = typeof serviceCode === "string" ? serviceCode : "None";
    return {
      class: classifyAnswer(statusCode, ociCode, text),
      operation,
      status: statusCode,
      code: ociCode,
      message: text,
      ...(typeof opcRequestId === "string" && { opcRequestId }),
    };
  }
  // Asked again like a network that fails: the services behind a token may be down for a moment.
  if (code === NO_CREDENTIALS)
    return { class: "transport", operation, code: NO_CREDENTIALS, message: text };
  const detail = typeof code === "string" && !text.includes(code) ? `${text} (${code})` : text;
  return { class: "transport", operation, message: detail };
}

const NO_REASON = { code: "None", message: "OCI gives no reason" };

/** The errors of a launch's work request: the same words as LaunchInstance's own, but without its status. */
export function describeLaunchErrors(
  errors: readonly { readonly code: string; readonly message: string }[],
): OciFailure {
  const failures = errors.map(({ code, message }): OciFailure => {
    const failureClass = classifyAnswer(undefined, code, message);
    return { class: failureClass, operation: "LaunchInstance", code, message };
  });
  // "Transient" is what the table does not know: another of the errors says more.
  const telling = failures.find((failure) => failure.class !== "transient") ?? failures[0];
  return telling ?? { class: "transient", operation: "LaunchInstance", ...NO_REASON };
}

function asThrown(thrown: unknown): ThrownBySdk {
  return typeof thrown === "object" && thrown !== null ? thrown : {};
}

/** A call to OCI that failed for good; lists throw it, launch and terminate return the failure as a value. */
export class OciCallError extends Error {
  override readonly name = "OciCallError";
  readonly failure: OciFailure;

  constructor(failure: OciFailure, options?: ErrorOptions) {
    super(explainFailure(failure), options);
    this.failure = failure;
  }
}

/** The classes that pass by themselves; the others need a decision. */
export const PASSING: ReadonlySet<FailureClass> = new Set([
  "throttled",
  "transient",
  "transport",
  "conflict",
]);

const ADVICE: Readonly<Record<FailureClass, string>> = {
  throttled:
    "OCI limits the rate of requests; it was still refusing when the time was up, try again later",
  capacity:
    "OCI has no machine of this shape there now; try another availability domain or shape, or wait",
  limit:
    "a service limit or quota of the tenancy is reached; lower limits.yaml or ask Oracle for more",
  conflict: "something else is changing the same resource; try again in a minute",
  label: "another instance still has this host name; it must be gone first",
  token: "an earlier launch used the same retry token; run it again",
  auth: "check the credentials named in startnode.yaml, that the clock is right, and the policies of the cluster's dynamic group",
  config:
    "OCI refuses the request as it stands; check the values in limits.yaml and startnode.yaml",
  transient: "OCI had a fault of its own that lasted; try again later",
  transport:
    "no answer came; check the region or endpoint in startnode.yaml and the network's route to OCI",
};

/** What an answer by its code means more closely than its class. */
const ADVICE_BY_CODE: Readonly<Record<string, string>> = {
  [NO_CREDENTIALS]: "the call was not sent; it is not the network to OCI's API that failed",
  NotAuthenticated:
    "OCI does not accept the signature; check that the clock is right to five minutes and that key, fingerprint and region belong together",
  NotAuthorizedOrNotFound:
    "either the OCID is wrong or a policy is missing (a new policy takes some minutes to act); check the OCIDs in startnode.yaml and the policies of the cluster's dynamic group",
};

/** One sentence for a person: what was asked, what OCI said, what to check, and the id that Oracle's support wants. */
export function explainFailure(failure: OciFailure): string {
  const { opcRequestId } = failure;
  const request = opcRequestId === undefined ? "" : ` [opc-request-id ${opcRequestId}]`;
  return `${describeRefusal(failure)}${request}`;
}

/** What OCI said: status, code and message, or why no answer came. */
export function describeAnswer({ status, code, message }: OciFailure): string {
  return status === undefined ? message : `${status} ${code ?? ""}: ${message}`;
}

/** The same without the request id, so that one cause reads the same for every node. */
export function describeRefusal(failure: OciFailure): string {
  const said = describeAnswer(failure);
  const advice = ADVICE_BY_CODE[failure.code ?? ""] ?? ADVICE[failure.class];
  return `${failure.operation}: ${said.replace(/[.\s]+$/, "")}. ${advice}.`;
}
