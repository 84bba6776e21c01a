import { ApiError } from "./api-error.ts";
import { describeInstance } from "./cloud-event.ts";
import type { ConsoleHistoryRecord } from "./console-history.ts";
import { plausibleConsole } from "./console-text.ts";
import type { InstanceRecord } from "./instance-record.ts";
import type { OcidSource } from "./ocids.ts";

/** What the machine of an instance has written so far; undefined when the instance has no machine. Must not wait. */
export type ConsoleReader = (instanceOcid: string) => Buffer | undefined;

/** What a caller may say about a capture. */
export type CaptureLabels = Pick<ConsoleHistoryRecord, "freeformTags" | "definedTags"> & {
  readonly displayName?: string;
};

export interface ConsoleHistoriesParts {
  readonly nextOcid: OcidSource;
  /** From the request to SUCCEEDED, milliseconds. */
  readonly captureMs: number;
  readonly schedule: (dueMs: number, run: (dueMs: number) => void) => void;
}

/** OCI keeps the most recent megabyte (API reference, CaptureConsoleHistory). */
const CONTENT_BYTES_MAX = 1024 * 1024;

/** Ours: whoever never deletes any would otherwise fill the memory. */
const COUNT_MAX = 1000;

/** The console histories that were asked for. They stay until they are deleted or their instance is forgotten. */
export class ConsoleHistories {
  private readonly parts: ConsoleHistoriesParts;
  private readonly histories = new Map<string, ConsoleHistoryRecord>();
  private reader: ConsoleReader = () => undefined;
  private sequence = 0;

  constructor(parts: ConsoleHistoriesParts) {
    this.parts = parts;
  }

  /** From now on consoles are those of machines, where there is one. */
  readFrom(reader: ConsoleReader): void {
    this.reader = reader;
  }

  /** In the order of creation. */
  get records(): Iterable<ConsoleHistoryRecord> {
    return this.histories.values();
  }

  find(consoleHistoryOcid: string): ConsoleHistoryRecord | undefined {
    return this.histories.get(consoleHistoryOcid);
  }

  /** What the console says now: its last megabyte. */
  read(instance: InstanceRecord): Buffer {
    const text = this.reader(instance.instanceOcid) ?? plausibleConsole(describeInstance(instance));
    return Buffer.from(text).subarray(-CONTENT_BYTES_MAX);
  }

  /** REQUESTED, then GETTING-HISTORY, then SUCCEEDED with what the console says by then. */
  capture(instance: InstanceRecord, labels: CaptureLabels, nowMs: number): ConsoleHistoryRecord {
    if (this.histories.size >= COUNT_MAX) {
      throw new ApiError(400, "LimitExceeded", `More than ${COUNT_MAX} console histories`);
    }
    this.sequence += 1;
    const record: ConsoleHistoryRecord = {
      ...labels,
      consoleHistoryOcid: this.parts.nextOcid("consolehistory"),
      sequence: this.sequence,
      instanceOcid: instance.instanceOcid,
      compartmentOcid: instance.order.compartmentOcid,
      availabilityDomain: instance.order.availabilityDomain,
      displayName: labels.displayName ?? `consolehistory${this.sequence}`,
      timeCreatedMs: nowMs,
      lifecycleState: "REQUESTED",
      content: Buffer.alloc(0),
    };
    this.histories.set(record.consoleHistoryOcid, record);
    this.carryOut(record, instance, nowMs);
    return record;
  }

  delete(record: ConsoleHistoryRecord): void {
    this.histories.delete(record.consoleHistoryOcid);
  }

  forgetInstance(instanceOcid: string): void {
    for (const record of this.histories.values()) {
      if (record.instanceOcid === instanceOcid) this.delete(record);
    }
  }

  private carryOut(record: ConsoleHistoryRecord, instance: InstanceRecord, nowMs: number): void {
    const { captureMs, schedule } = this.parts;
    schedule(nowMs + captureMs / 2, () => {
      record.lifecycleState = "GETTING-HISTORY";
    });
    schedule(nowMs + captureMs, () => {
      record.content = this.read(instance);
      record.lifecycleState = "SUCCEEDED";
    });
  }
}
