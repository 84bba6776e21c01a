import {
  ApiError,
  incorrectState,
  invalidParameter,
  missingParameter,
  notAuthorizedOrNotFound,
} from "./api-error.ts";
import { BODY_PROBLEMS } from "./check-launch.ts";
import { checkTags } from "./check-metadata.ts";
import {
  consoleHistoryEtag,
  consoleHistoryJson,
  type ConsoleHistoryRecord,
} from "./console-history.ts";
import { FieldReader } from "./field-reader.ts";
import type { Answer, Call, Operation } from "./operation.ts";
import { checkCompartment, isSame, subjectOf } from "./operations-instances.ts";
import { PAGE_QUERY, SORT_QUERY, sortedPageAnswer } from "./paging.ts";

/** The serial consoles of instances. */
export const CONSOLE_OPERATIONS: readonly Operation[] = [
  {
    name: "CaptureConsoleHistory",
    method: "POST",
    path: "instanceConsoleHistories",
    kind: "write",
    run: captureConsoleHistory,
  },
  {
    name: "ListConsoleHistories",
    method: "GET",
    path: "instanceConsoleHistories",
    kind: "read",
    query: [
      ...["availabilityDomain", "instanceId", "lifecycleState"],
      ...SORT_QUERY,
      ...PAGE_QUERY,
    ],
    requiredQuery: ["compartmentId"],
    run: listConsoleHistories,
  },
  {
    name: "GetConsoleHistory",
    method: "GET",
    path: "instanceConsoleHistories/*",
    kind: "read",
    run: (call) => historyAnswer(call, findHistory(call)),
  },
  {
    name: "GetConsoleHistoryContent",
    method: "GET",
    path: "instanceConsoleHistories/*/data",
    kind: "read",
    query: ["offset", "length"],
    run: getConsoleHistoryContent,
  },
  {
    name: "DeleteConsoleHistory",
    method: "DELETE",
    path: "instanceConsoleHistories/*",
    kind: "write",
    run: deleteConsoleHistory,
  },
];

/** The least length that OCI takes (the Terraform provider refuses smaller ones), and what it gives without one. */
const LENGTH_MIN = 10_240;

function captureConsoleHistory(call: Call): Answer {
  if (call.body === undefined) throw missingParameter("CaptureConsoleHistoryDetails");
  const known = ["instanceId", "displayName", "freeformTags", "definedTags"];
  const fields = FieldReader.open(call.body, "", known, BODY_PROBLEMS);
  const instanceOcid = fields.requiredString("instanceId");
  const instance = call.cloud.find(instanceOcid);
  if (instance === undefined || instance.lifecycleState === "TERMINATED") {
    throw notAuthorizedOrNotFound(`instance ${instanceOcid} not found`);
  }
  const displayName = fields.string("displayName");
  const labels = { ...checkTags(fields), ...(displayName === undefined ? {} : { displayName }) };
  const record = call.cloud.consoles.capture(instance, labels, call.cloud.nowMs);
  return historyAnswer(call, record);
}

function listConsoleHistories(call: Call): Answer {
  checkCompartment(call);
  const { cloud, query } = call;
  const wanted = [...cloud.consoles.records].filter(
    (record) =>
      record.compartmentOcid === query.get("compartmentId") &&
      isSame(query.get("availabilityDomain"), record.availabilityDomain) &&
      isSame(query.get("instanceId"), record.instanceOcid) &&
      isSame(query.get("lifecycleState")?.toUpperCase(), record.lifecycleState),
  );
  const items = wanted.map((record) => ({
    displayName: record.displayName,
    sequence: record.sequence,
    json: () => consoleHistoryJson(record),
  }));
  return sortedPageAnswer(items, query, cloud.settings);
}

/** The body is the text itself, as oci-go-sdk and the Python SDK read it; only this SDK expects JSON. */
function getConsoleHistoryContent(call: Call): Answer {
  const record = findHistory(call);
  if (record.lifecycleState !== "SUCCEEDED") {
    throw incorrectState(
      `Console history ${record.consoleHistoryOcid} is ${record.lifecycleState}`,
    );
  }
  const offset = readCount(call, "offset", 0) ?? 0;
  const length = readCount(call, "length", LENGTH_MIN) ?? LENGTH_MIN;
  const end = offset + Math.min(length, call.cloud.settings.consolePartBytesMax);
  const { content } = record;
  return {
    status: 200,
    text: content.subarray(offset, end).toString(),
    headers: { "opc-bytes-remaining": String(Math.max(0, content.length - end)) },
    subject: subjectOfHistory(call, record),
  };
}

function deleteConsoleHistory(call: Call): Answer {
  const record = findHistory(call);
  if (call.ifMatch !== undefined && call.ifMatch !== consoleHistoryEtag(record)) {
    throw new ApiError(412, "NoEtagMatch", "The etag in if-match is not the present etag.");
  }
  call.cloud.consoles.delete(record);
  return { status: 204, subject: subjectOfHistory(call, record) };
}

function historyAnswer(call: Call, record: ConsoleHistoryRecord): Answer {
  return {
    status: 200,
    json: consoleHistoryJson(record),
    headers: { etag: consoleHistoryEtag(record) },
    subject: subjectOfHistory(call, record),
  };
}

function findHistory({ cloud, pathOcid }: Call): ConsoleHistoryRecord {
  const record = cloud.consoles.find(pathOcid);
  if (record === undefined) throw notAuthorizedOrNotFound();
  return record;
}

/** The log then tells whose console it was. */
function subjectOfHistory(
  { cloud }: Call,
  { instanceOcid }: ConsoleHistoryRecord,
): NonNullable<Answer["subject"]> {
  const instance = cloud.find(instanceOcid);
  return instance === undefined ? { instanceOcid } : subjectOf(instance);
}

function readCount({ query }: Call, name: string, min: number): number | undefined {
  const text = query.get(name);
  if (text === undefined) return undefined;
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < min) {
    throw invalidParameter(`${name} ${text} is not valid: it must be ${min} or more`);
  }
  return count;
}
