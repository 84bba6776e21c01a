import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { ApiError } from "./api-error.ts";
import type { CallEntry } from "./call-log.ts";
import type { FaultAnswer } from "./fault-rules.ts";

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
  /** The answer, and the line of the log that `finish` closes. Throws only what is a defect of the sandbox. */
  answer(request: RawRequest): Handled | Promise<Handled>;
  /** The call's answer has left, or never will: closes its line in the log. */
  finish(entry: CallEntry): void;
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

/** Undefined: the fault does not keep the operation from being carried out. */
export function answerInstead(fault: FaultAnswer, entry: CallEntry): DoorAnswer | undefined {
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

/** The answer that says the error, which is noted in the log. */
export function refusal(error: ApiError, entry: CallEntry): DoorAnswer {
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
