export type WorkRequestStatus = "IN_PROGRESS" | "SUCCEEDED" | "FAILED" | "CANCELED";

/** The asynchronous job behind a launch, a stop, a start or a termination. */
export interface WorkRequestRecord {
  readonly workRequestOcid: string;
  readonly operationType: "LaunchInstance" | "TerminateInstance" | "InstanceAction";
  readonly compartmentOcid: string;
  readonly instanceOcid: string;
  readonly timeAcceptedMs: number;
  status: WorkRequestStatus;
  timeFinishedMs: number | undefined;
  error: { readonly code: string; readonly message: string } | undefined;
}

/** `WorkRequest` of the Work Requests API, as JSON. */
export function workRequestJson(record: WorkRequestRecord): string {
  const { timeFinishedMs } = record;
  const isLaunch = record.operationType === "LaunchInstance";
  const doneAction = isLaunch ? "CREATED" : "UPDATED";
  return JSON.stringify({
    operationType: record.operationType,
    status: record.status,
    id: record.workRequestOcid,
    compartmentId: record.compartmentOcid,
    resources: [
      {
        actionType: record.status === "SUCCEEDED" ? doneAction : "IN_PROGRESS",
        entityType: "instance",
        identifier: record.instanceOcid,
        entityUri: `/instances/${record.instanceOcid}`,
      },
    ],
    percentComplete: timeFinishedMs === undefined ? 0 : 100,
    timeAccepted: new Date(record.timeAcceptedMs).toISOString(),
    timeStarted: new Date(record.timeAcceptedMs).toISOString(),
    timeFinished: timeFinishedMs === undefined ? null : new Date(timeFinishedMs).toISOString(),
  });
}

/** The elements of ListWorkRequestErrors' answer: at most one. */
export function workRequestErrorJsons(record: WorkRequestRecord): readonly string[] {
  if (record.error === undefined || record.timeFinishedMs === undefined) return [];
  const timestamp = new Date(record.timeFinishedMs).toISOString();
  return [JSON.stringify({ ...record.error, timestamp })];
}
