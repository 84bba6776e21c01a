/** What the serial console of an instance had said when somebody asked for it. */
export interface ConsoleHistoryRecord {
  readonly consoleHistoryOcid: string;
  /** The order of creation; lists are sorted and paged by it. */
  readonly sequence: number;
  readonly instanceOcid: string;
  readonly compartmentOcid: string;
  readonly availabilityDomain: string;
  readonly displayName: string;
  readonly freeformTags: Readonly<Record<string, string>>;
  readonly definedTags: Readonly<Record<string, unknown>>;
  readonly timeCreatedMs: number;
  lifecycleState: "REQUESTED" | "GETTING-HISTORY" | "SUCCEEDED" | "FAILED";
  /** Empty until it SUCCEEDED. */
  content: Buffer;
}

/** `ConsoleHistory` of the Core API. */
export function consoleHistoryJson(record: ConsoleHistoryRecord): string {
  return JSON.stringify({
    availabilityDomain: record.availabilityDomain,
    compartmentId: record.compartmentOcid,
    definedTags: record.definedTags,
    displayName: record.displayName,
    freeformTags: record.freeformTags,
    id: record.consoleHistoryOcid,
    instanceId: record.instanceOcid,
    lifecycleState: record.lifecycleState,
    timeCreated: new Date(record.timeCreatedMs).toISOString(),
  });
}

export function consoleHistoryEtag(record: ConsoleHistoryRecord): string {
  return `${record.consoleHistoryOcid.slice(-32)}-${record.lifecycleState.toLowerCase()}`;
}
