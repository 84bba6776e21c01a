import type { IncomingHttpHeaders } from "node:http";
import type { Clock } from "../../../nodectl/domain/clock.ts";
import { ApiError } from "./api-error.ts";
import type { CallEntry, CallLog } from "./call-log.ts";
import type { CloudInstance } from "./cloud-event.ts";
import {
  makeRequestId,
  refusal,
  strike,
  type Door,
  type DoorAnswer,
  type Handled,
  type RawRequest,
} from "./door.ts";
import type { FaultRules } from "./fault-rules.ts";
import type { InstanceIdentities, InstanceIdentity } from "./instance-identities.ts";
import { instanceDocument, partOf, vnicDocuments } from "./metadata-document.ts";
import { GET_METADATA } from "./operation-table.ts";
import type { RegionDescription } from "./region.ts";

export interface MetadataDoorParts {
  readonly region: RegionDescription;
  readonly identities: InstanceIdentities;
  /** The instance whose address this is; undefined for an address of nobody. */
  readonly instanceAt: (address: string) => CloudInstance | undefined;
  /** Wall-clock time. */
  readonly clock: Clock;
  readonly faults: FaultRules;
  readonly calls: CallLog;
}

/** Every request of version 2 carries it: a page in a browser cannot. */
const AUTHORIZATION = "Bearer Oracle";
/** A request that something forwarded did not come from the instance. */
const FORWARDED_HEADERS = ["forwarded", "x-forwarded-for", "x-forwarded-host"];
const BASE_PATH = "/opc/v2/";

interface Content {
  readonly type: string;
  readonly text: string;
}

/** The instance metadata service, version 2. It knows an instance by the address that it calls from. */
export class MetadataDoor implements Door {
  private readonly parts: MetadataDoorParts;

  constructor(parts: MetadataDoorParts) {
    this.parts = parts;
  }

  async answer(request: RawRequest): Promise<Handled> {
    const entry = this.parts.calls.add({
      timeMs: this.parts.clock.now(),
      operation: GET_METADATA,
      method: request.method,
      path: request.url,
      opcRequestId: makeRequestId(undefined),
      retryToken: null,
    });
    try {
      return { answer: await this.process(request, entry), entry };
    } catch (error) {
      return { answer: refusal(error, entry), entry };
    }
  }

  private async process(request: RawRequest, entry: CallEntry): Promise<DoorAnswer> {
    const path = request.url.split("?", 1)[0] ?? "";
    checkRequest(request, path);
    const instance = this.parts.instanceAt(request.remoteAddress ?? "");
    // No instance has this address: on OCI nobody else reaches the service.
    if (instance === undefined) throw notFound(path);
    entry.instanceOcid = instance.instanceOcid;
    entry.displayName = instance.displayName;
    const subject = { instanceOcid: instance.instanceOcid, displayName: instance.displayName };
    const { fault, early } = strike(this.parts.faults, GET_METADATA, subject, entry);
    if (early !== undefined) return early;
    if (fault?.kind === "reset-after") return { kind: "reset", delayMs: 0 };
    const content = await this.read(path, instance);
    entry.status = 200;
    return {
      kind: "answer",
      status: 200,
      headers: { "content-type": content.type },
      body: content.text,
      delayMs: fault?.kind === "delay" ? fault.delayMs : 0,
    };
  }

  private async read(path: string, instance: CloudInstance): Promise<Content> {
    const [room = "", ...names] = path.slice(BASE_PATH.length).replace(/\/$/, "").split("/");
    switch (room) {
      case "instance":
        return contentOf(partOf(instanceDocument(instance, this.parts.region), names), path);
      case "vnics":
        return contentOf(partOf(vnicDocuments(instance), names), path);
      case "identity":
        return this.readIdentity(names.join("/"), instance, path);
      default:
        throw notFound(path);
    }
  }

  private async readIdentity(
    name: string,
    instance: CloudInstance,
    path: string,
  ): Promise<Content> {
    if (!isIdentityFile(name)) throw notFound(path);
    const identity = await this.parts.identities.of(instance);
    return { type: "application/x-pem-file", text: identity[name] };
  }
}

function checkRequest({ method, headers }: RawRequest, path: string): void {
  // Also version 1, as on an instance with areLegacyImdsEndpointsDisabled.
  if (!path.startsWith(BASE_PATH) || method !== "GET") throw notFound(path);
  if (FORWARDED_HEADERS.some((name) => headers[name] !== undefined)) {
    throw new ApiError(403, "Forbidden", "The request was forwarded");
  }
  if (authorizationOf(headers) !== AUTHORIZATION.toLowerCase()) {
    throw new ApiError(401, "Unauthorized", `Authorization: ${AUTHORIZATION} is missing`);
  }
}

function authorizationOf({ authorization = "" }: IncomingHttpHeaders): string {
  return authorization.toLowerCase();
}

function notFound(path: string): ApiError {
  return new ApiError(404, "NotFound", `There is nothing at ${path}`);
}

function isIdentityFile(name: string): name is keyof InstanceIdentity {
  return ["cert.pem", "key.pem", "intermediate.pem"].includes(name);
}

/** Single values come as text, the rest as JSON. */
function contentOf(value: unknown, path: string): Content {
  if (value === undefined) throw notFound(path);
  if (typeof value === "string") return { type: "text/plain", text: value };
  return { type: "application/json", text: JSON.stringify(value) };
}
