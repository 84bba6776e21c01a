import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { ApiError } from "./api-error.ts";
import type { CallEntry } from "./call-log.ts";
import type { FaultAnswer, FaultRules } from "./fault-rules.ts";
import type { CallSubject } from "./operation.ts";

export interface RawRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Where it came from; the metadata service knows its callers by it. */
  readonly remoteAddress?: string;
}

/** What carries requests in: OCI's API or the metadata service. */
export interface Door {
  /** The answer, and its line of the log, which lacks how long it took. Throws only what is a defect of the sandbox. */
  answer(request: RawRequest): Handled | Promise<Handled>;
}

export interface Handled {
  readonly answer: DoorAnswer;
  readonly entry: CallEntry;
}

/** What the connection has to do. */
export type DoorAnswer =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
      readonly delayMs: number;
    }
  | { readonly kind: "hang" }
  | { readonly kind: "reset"; readonly delayMs: number };

export interface Strike {
  /** Undefined: no rule struck. */
  readonly fault: FaultAnswer | undefined;
  /** Undefined: nothing keeps the operation from being carried out. */
  readonly early: DoorAnswer | undefined;
}

/** Asks the fault rules about a call, and notes in its line what struck. @throws ApiError when that is an error */
export function strike(
  faults: FaultRules,
  operation: string,
  subject: CallSubject,
  entry: CallEntry,
): Strike {
  const fault = faults.strike(operation, subject);
  entry.fault = fault?.kind ?? null;
  return { fault, early: fault === undefined ? undefined : answerInstead(fault, entry) };
}

function answerInstead(fault: FaultAnswer, entry: CallEntry): DoorAnswer | undefined {
  switch (fault.kind) {
    case "error":
      throw new ApiError(fault.status, fault.code, fault.message, fault.retryAfterSeconds);
    case "raw": {
      entry.status = fault.status;
      const headers = { "content-type": fault.contentType };
      return { kind: "answer", status: fault.status, headers, body: fault.body, delayMs: 0 };
    }
    case "hang":
      return { kind: "hang" };
    case "reset-before":
      return { kind: "reset", delayMs: 0 };
    case "reset-after":
    case "async-failure":
    case "short-list":
    case "delay":
      return undefined;
  }
}

/** The answer that says the error, which is noted in the log. @throws the error, when it is none of OCI's */
export function refusal(error: unknown, entry: CallEntry): DoorAnswer {
  if (!(error instanceof ApiError)) throw error;
  const { status, code, message, retryAfterSeconds } = error;
  entry.status = status;
  entry.code = code;
  entry.message = message;
  return {
    kind: "answer",
    status,
    headers: {
      "opc-request-id": entry.opcRequestId,
      ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
    },
    body: JSON.stringify({ code, message }),
    delayMs: 0,
  };
}

/** The client's part, then two of the service's, as OCI makes them. */
export function makeRequestId(fromClient: string | undefined): string {
  const digits = randomBytes(48).toString("hex").toUpperCase();
  const client = fromClient ?? digits.slice(64);
  return `${client}/${digits.slice(0, 32)}/${digits.slice(32, 64)}`;
}
