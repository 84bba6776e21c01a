import type { IncomingHttpHeaders } from "node:http";
import type { Clock } from "../../../nodectl/domain/clock.ts";
import { ApiError, notAuthorizedOrNotFound } from "./api-error.ts";
import type { CallEntry, CallLog } from "./call-log.ts";
import type { Cloud } from "./cloud.ts";
import {
  makeRequestId,
  refusal,
  strike,
  type Door,
  type DoorAnswer,
  type Handled,
  type RawRequest,
} from "./door.ts";
import type { FaultAnswer, FaultRules } from "./fault-rules.ts";
import type { Federation } from "./federation.ts";
import { checkQuery, findRoute, type Route } from "./operation-table.ts";
import type { Answer, CallSubject, Operation } from "./operation.ts";
import { subjectOf } from "./operations-instances.ts";
import { parseJson } from "./parse-json.ts";
import type { RateLimiter } from "./rate-limit.ts";
import type { SignatureVerifier, Signer } from "./request-signature.ts";

export interface Latency {
  /** From the arrival of a LaunchInstance to its answer; the launch happens on arrival. */
  readonly launchMs: number;
  /** The same for every other operation. */
  readonly otherMs: number;
}

export interface OciDoorParts {
  readonly cloud: Cloud;
  /** Wall-clock time: for signatures, rate limits and the log. */
  readonly clock: Clock;
  readonly verifier: SignatureVerifier;
  /** Absent: nobody gets a token. */
  readonly federation?: Federation;
  readonly limiter: RateLimiter;
  readonly faults: FaultRules;
  readonly calls: CallLog;
  readonly latency: Latency;
}

/**
 * Where OCI's calls come in, whatever carries them: signature, rate limit, faults, operation; every call is logged.
 * In this order, because OCI refuses a stranger before it counts, and counts before it works.
 */
export class OciDoor implements Door {
  private readonly parts: OciDoorParts;

  constructor(parts: OciDoorParts) {
    this.parts = parts;
  }

  answer(request: RawRequest): Handled {
    const route = findRoute(request.method, request.url);
    const entry = this.addEntry(request, route);
    try {
      return { answer: this.process(request, route, entry), entry };
    } catch (error) {
      return { answer: refusal(error, entry), entry };
    }
  }

  private process(request: RawRequest, route: Route, entry: CallEntry): DoorAnswer {
    const { cloud, clock, verifier, limiter, faults } = this.parts;
    const nowMs = clock.now();
    const signer = verifier.verify(request, nowMs);
    const { operation } = route;
    if (operation === undefined) throw unknownOperation(request);
    if (operation.kind !== "uncounted") limiter.check(signer.callerId, operation.kind, nowMs);
    if (!signer.isAuthorized && operation.isEverybodys !== true) throw notAuthorizedOrNotFound();
    cloud.advance();
    const body = request.body.length === 0 ? undefined : parseJson(request.body);
    const subject = this.subjectOf(route, body);
    noteSubject(entry, subject);
    const { fault, early } = strike(faults, operation.name, subject, entry);
    if (early !== undefined) return early;
    const answer = this.run(operation, { request, route, body, signer, fault });
    return this.deliver(operation, answer, entry, fault);
  }

  private run(
    operation: Operation,
    input: {
      request: RawRequest;
      route: Route;
      body: unknown;
      signer: Signer;
      fault: FaultAnswer | undefined;
    },
  ): Answer {
    const { request, route, body, signer, fault } = input;
    checkQuery(operation, route.query);
    return operation.run({
      cloud: this.parts.cloud,
      pathOcid: route.pathParts[0] ?? "",
      pathParts: route.pathParts,
      query: route.query,
      body,
      bodyHash: signer.bodyHash,
      retryToken: header(request.headers, "opc-retry-token"),
      ifMatch: header(request.headers, "if-match"),
      isToFailLater: fault?.kind === "async-failure",
      issueToken: () => this.issueToken(request.body),
    });
  }

  private issueToken(body: Buffer): string {
    const { federation, clock } = this.parts;
    // Whose signature was verified is the federation's.
    if (federation === undefined) throw new Error("there is no federation");
    return federation.issueToken(body, clock.now());
  }

  private deliver(
    operation: Operation,
    answer: Answer,
    entry: CallEntry,
    fault: FaultAnswer | undefined,
  ): DoorAnswer {
    const { latency } = this.parts;
    noteSubject(entry, answer.subject ?? {});
    const shown = fault?.kind === "short-list" ? shortened(answer, fault.itemCountMax) : answer;
    const latencyMs = operation.name === "LaunchInstance" ? latency.launchMs : latency.otherMs;
    if (fault?.kind === "reset-after") return { kind: "reset", delayMs: latencyMs };
    entry.status = answer.status;
    return {
      kind: "answer",
      status: answer.status,
      headers: {
        "opc-request-id": entry.opcRequestId,
        ...(shown.text === undefined ? {} : { "content-type": "text/plain" }),
        ...shown.headers,
      },
      body: shown.json ?? shown.text ?? "",
      delayMs: latencyMs + (fault?.kind === "delay" ? fault.delayMs : 0),
    };
  }

  private addEntry(request: RawRequest, route: Route): CallEntry {
    return this.parts.calls.add({
      timeMs: this.parts.clock.now(),
      operation: route.operation?.name ?? "Unknown",
      method: request.method,
      path: request.url,
      opcRequestId: makeRequestId(header(request.headers, "opc-request-id")),
      retryToken: header(request.headers, "opc-retry-token") ?? null,
    });
  }

  private subjectOf(route: Route, body: unknown): CallSubject {
    if (route.operation?.name === "LaunchInstance") return subjectOfLaunch(body);
    const record = this.parts.cloud.find(route.pathParts[0] ?? "");
    return record === undefined ? {} : subjectOf(record);
  }
}

function subjectOfLaunch(body: unknown): CallSubject {
  const subject: Record<string, string> = {};
  for (const key of ["displayName", "shape", "availabilityDomain"] as const) {
    const value = textAt(body, key);
    if (value !== undefined) subject[key] = value;
  }
  const hostnameLabel = textAt(fieldOf(body, "createVnicDetails"), "hostnameLabel");
  return hostnameLabel === undefined ? subject : { ...subject, hostnameLabel };
}

function textAt(object: unknown, key: string): string | undefined {
  const value = fieldOf(object, key);
  return typeof value === "string" ? value : undefined;
}

function fieldOf(object: unknown, key: string): unknown {
  if (typeof object !== "object" || object === null) return undefined;
  return Object.entries(object).find(([name]) => name === key)?.[1];
}

function noteSubject(entry: CallEntry, subject: CallSubject): void {
  entry.instanceOcid = subject.instanceOcid ?? entry.instanceOcid;
  entry.displayName = subject.displayName ?? entry.displayName;
  entry.hostnameLabel = subject.hostnameLabel ?? entry.hostnameLabel;
  entry.shape = subject.shape ?? entry.shape;
  entry.availabilityDomain = subject.availabilityDomain ?? entry.availabilityDomain;
}

/** The first items of a list, and no word of the others. */
function shortened(answer: Answer, itemCountMax: number): Answer {
  const items: unknown = JSON.parse(answer.json ?? "null");
  if (!Array.isArray(items)) return answer;
  return { status: answer.status, json: JSON.stringify(items.slice(0, itemCountMax)) };
}

function unknownOperation({ method, url }: RawRequest): ApiError {
  const message = `There is no operation supported at ${method} ${url.split("?", 1)[0] ?? ""}`;
  return new ApiError(404, "NotFound", message);
}

function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}
