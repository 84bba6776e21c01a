import type { InstanceRecord } from "./instance-record.ts";
import type { OcidSource } from "./ocids.ts";
import type { WorkRequestRecord } from "./work-request.ts";

/** The work requests of instances; they are forgotten together with their instance. */
export class WorkRequests {
  private readonly nextOcid: OcidSource;
  private readonly byOcid = new Map<string, WorkRequestRecord>();
  private readonly byInstance = new Map<string, WorkRequestRecord[]>();

  constructor(nextOcid: OcidSource) {
    this.nextOcid = nextOcid;
  }

  find(workRequestOcid: string): WorkRequestRecord | undefined {
    return this.byOcid.get(workRequestOcid);
  }

  /** The newest of this kind that the instance has. */
  findNewest(
    record: InstanceRecord,
    operationType: WorkRequestRecord["operationType"],
  ): WorkRequestRecord | undefined {
    return this.byInstance
      .get(record.instanceOcid)
      ?.findLast((work) => work.operationType === operationType);
  }

  /** One that is not listed yet: the operation may still be refused. */
  create(
    record: InstanceRecord,
    operationType: WorkRequestRecord["operationType"],
    nowMs: number,
  ): WorkRequestRecord {
    return {
      workRequestOcid: this.nextOcid("coreservicesworkrequest"),
      operationType,
      compartmentOcid: record.order.compartmentOcid,
      instanceOcid: record.instanceOcid,
      timeAcceptedMs: nowMs,
      status: "IN_PROGRESS",
      timeFinishedMs: undefined,
      error: undefined,
    };
  }

  add(work: WorkRequestRecord): void {
    this.byOcid.set(work.workRequestOcid, work);
    const siblings = this.byInstance.get(work.instanceOcid);
    if (siblings === undefined) this.byInstance.set(work.instanceOcid, [work]);
    else siblings.push(work);
  }

  forgetInstance(instanceOcid: string): void {
    for (const work of this.byInstance.get(instanceOcid) ?? []) {
      this.byOcid.delete(work.workRequestOcid);
    }
    this.byInstance.delete(instanceOcid);
  }
}
