import type { Clock } from "../../../nodectl/domain/clock.ts";
import { ApiError, OUT_OF_HOST_CAPACITY, limitExceeded, outOfHostCapacity } from "./api-error.ts";
import { BootVolumes } from "./boot-volumes.ts";
import type { CloudEvent, CloudListener } from "./cloud-event.ts";
import { ConsoleHistories } from "./console-histories.ts";
import { CustomImages } from "./custom-images.ts";
import { DEFAULT_CLOUD_SETTINGS, type CloudSettings } from "./cloud-settings.ts";
import { DueQueue } from "./due-queue.ts";
import type { InstanceRecord } from "./instance-record.ts";
import type { LaunchOrder } from "./launch-order.ts";
import { Lifecycle, type LaunchFailure } from "./lifecycle.ts";
import { createOcidSource, type OcidSource } from "./ocids.ts";
import type { RegionDescription } from "./region.ts";
import { RetryTokens } from "./retry-tokens.ts";
import { sentinelBehaviour } from "./sentinel-shapes.ts";
import { ServiceLimits } from "./service-limits.ts";
import { ShapeQuotas } from "./shape-quotas.ts";
import { SubnetState, duplicateLabelMessage } from "./subnet-state.ts";
import { macAddressOf } from "./vnic-record.ts";
import type { WorkRequestRecord } from "./work-request.ts";
import { WorkRequests } from "./work-requests.ts";

export interface CloudOptions {
  readonly region: RegionDescription;
  readonly clock: Clock;
  readonly settings?: Partial<CloudSettings>;
  /** Makes the OCIDs of what is launched. */
  readonly seed?: string;
}

export interface LaunchExtras {
  /** The launch is accepted and fails when it should have booted. */
  readonly failure?: LaunchFailure;
  /** RUNNING at once, with nothing behind it: for instances that were there before. */
  readonly isPreexisting?: boolean;
  /** False: RUNNING, and nothing boots. */
  readonly boots?: boolean;
}

export const ASYNC_CAPACITY_FAILURE: LaunchFailure = {
  code: "InternalError",
  message: OUT_OF_HOST_CAPACITY,
};

/**
 * The cloud's state: what was launched, and when it changes. No I/O and no timer: whoever uses it calls `advance()`
 * first, and again when `nextDueMs` has come. Methods throw the ApiError that OCI would answer.
 */
export class Cloud {
  readonly region: RegionDescription;
  readonly settings: CloudSettings;
  readonly clock: Clock;
  readonly quotas = new ShapeQuotas();
  readonly serviceLimits = new ServiceLimits();
  readonly retryTokens: RetryTokens;
  readonly workRequests: WorkRequests;
  readonly consoles: ConsoleHistories;
  readonly bootVolumes: BootVolumes;
  readonly customImages: CustomImages;
  private readonly nextOcid: OcidSource;
  private readonly queue = new DueQueue();
  private readonly lifecycle: Lifecycle;
  private readonly instances = new Map<string, InstanceRecord>();
  private readonly byVnic = new Map<string, InstanceRecord>();
  private readonly subnets = new Map<string, SubnetState>();
  private readonly listeners = new Set<CloudListener>();
  private readonly dueListeners = new Set<() => void>();
  private sequence = 0;

  constructor(options: CloudOptions) {
    this.region = options.region;
    this.clock = options.clock;
    this.settings = { ...DEFAULT_CLOUD_SETTINGS, ...options.settings };
    this.nextOcid = createOcidSource(options.region.key, options.seed ?? "cloud");
    this.workRequests = new WorkRequests(this.nextOcid);
    this.retryTokens = new RetryTokens(this.settings.retryTokenMs);
    const { nextOcid, settings } = this;
    const schedule = this.schedule.bind(this);
    this.consoles = new ConsoleHistories({
      ...{ nextOcid, schedule, captureMs: settings.consoleCaptureMs },
    });
    this.bootVolumes = new BootVolumes({
      ...{ nextOcid, schedule, terminatedRecordMs: settings.terminatedRecordMs },
      ...{ deleteMs: settings.terminateMs, copiesTags: settings.copiesTagsToBootVolume },
    });
    this.customImages = new CustomImages({
      ...{ nextOcid, schedule, deletedRecordMs: settings.terminatedRecordMs },
    });
    for (const subnet of this.region.subnets) {
      this.subnets.set(subnet.ocid, new SubnetState(subnet));
    }
    this.lifecycle = new Lifecycle(this.settings, {
      schedule,
      emit: this.emit.bind(this),
      release: this.release.bind(this),
      forget: this.forget.bind(this),
    });
  }

  get nowMs(): number {
    return this.clock.now();
  }

  /** When something will happen by itself; undefined when nothing will. */
  get nextDueMs(): number | undefined {
    return this.queue.nextDueMs;
  }

  /** Lets everything happen that is due by now. */
  advance(): void {
    this.queue.runDue(this.nowMs);
  }

  /** The listener hears of every event from now on. Returns what ends that. */
  subscribe(listener: CloudListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The listener is told when `nextDueMs` has become earlier. Returns what ends that. */
  onEarlierDue(listener: () => void): () => void {
    this.dueListeners.add(listener);
    return () => this.dueListeners.delete(listener);
  }

  /** Every instance that was not forgotten, TERMINATED ones included, in the order of launch. */
  get records(): Iterable<InstanceRecord> {
    return this.instances.values();
  }

  find(instanceOcid: string): InstanceRecord | undefined {
    return this.instances.get(instanceOcid);
  }

  findByVnic(vnicOcid: string): InstanceRecord | undefined {
    return this.byVnic.get(vnicOcid);
  }

  findSubnet(subnetOcid: string): SubnetState | undefined {
    return this.subnets.get(subnetOcid);
  }

  /** Accepts a launch: PROVISIONING from now on. Takes an address and the label, and counts against the quotas. */
  launch(order: LaunchOrder, extras: LaunchExtras = {}): InstanceRecord {
    const behaviour = sentinelBehaviour(order.shape.shape);
    if (behaviour === "no-capacity") throw outOfHostCapacity();
    if (behaviour === "limit") throw limitExceeded(order.shape.quotaNames);
    this.quotas.check(order.shape, order.availabilityDomain);
    this.serviceLimits.check(order);
    const subnet = this.subnetOf(order);
    const duplicate = this.checkLabel(order, subnet);
    const isFailing = behaviour === "async-failure";
    const failure = extras.failure ?? duplicate ?? (isFailing ? ASYNC_CAPACITY_FAILURE : undefined);
    const { boots: isToBoot = extras.isPreexisting !== true } = extras;
    const boots = behaviour !== "no-boot" && isToBoot;
    const record = this.admit(order, subnet, boots);
    subnet.moveIn(record, duplicate === undefined ? order.hostnameLabel : undefined);
    const work = this.workRequests.create(record, "LaunchInstance", this.nowMs);
    this.workRequests.add(work);
    if (extras.isPreexisting === true) this.lifecycle.boot(record, work, record.timeCreatedMs);
    else this.lifecycle.begin(record, work, failure);
    return record;
  }

  terminate(record: InstanceRecord, preservesBootVolume = false): WorkRequestRecord {
    const launchWork = this.workRequests.findNewest(record, "LaunchInstance");
    return this.begin(record, "TerminateInstance", (work) => {
      this.lifecycle.terminate(record, launchWork, work, this.nowMs);
      if (preservesBootVolume) this.bootVolumes.preserve(record.instanceOcid);
    });
  }

  stop(record: InstanceRecord): WorkRequestRecord {
    return this.begin(record, "InstanceAction", (work) => {
      this.lifecycle.stop(record, work, this.nowMs);
    });
  }

  start(record: InstanceRecord): WorkRequestRecord {
    return this.begin(record, "InstanceAction", (work) => {
      this.lifecycle.start(record, work, this.nowMs);
    });
  }

  /** Power off and on again. */
  reset(record: InstanceRecord): WorkRequestRecord {
    return this.begin(record, "InstanceAction", (work) => {
      this.lifecycle.reset(record, work, this.nowMs);
    });
  }

  /** What no client asks for: a PROVISIONING instance fails, a RUNNING one loses its host. */
  fail(record: InstanceRecord): void {
    const work = this.workRequests.findNewest(record, "LaunchInstance");
    if (record.lifecycleState === "PROVISIONING" && work !== undefined) {
      this.lifecycle.failLaunch(record, work, ASYNC_CAPACITY_FAILURE, this.nowMs);
    } else {
      this.lifecycle.loseHost(record);
    }
  }

  /** The work request is listed only when the operation was not refused. */
  private begin(
    record: InstanceRecord,
    operationType: WorkRequestRecord["operationType"],
    operate: (work: WorkRequestRecord) => void,
  ): WorkRequestRecord {
    const work = this.workRequests.create(record, operationType, this.nowMs);
    operate(work);
    this.workRequests.add(work);
    return work;
  }

  private subnetOf(order: LaunchOrder): SubnetState {
    const subnet = this.subnets.get(order.subnet.ocid);
    if (subnet === undefined) throw new Error(`order for an unknown subnet ${order.subnet.ocid}`);
    return subnet;
  }

  /** The label of an instance that is not TERMINATED is taken, whatever its state. */
  private checkLabel(order: LaunchOrder, subnet: SubnetState): LaunchFailure | undefined {
    const label = order.hostnameLabel;
    if (label === undefined || !subnet.isLabelTaken(label)) return undefined;
    const message = duplicateLabelMessage(label, order.subnet.ocid);
    if (this.settings.duplicateLabel === "refuse") throw new ApiError(409, "Conflict", message);
    return { code: "vcn-error", message };
  }

  private admit(order: LaunchOrder, subnet: SubnetState, boots: boolean): InstanceRecord {
    const ipAddress = subnet.takeAddress(order);
    const { nowMs } = this;
    this.sequence += 1;
    const record: InstanceRecord = {
      instanceOcid: this.nextOcid("instance"),
      sequence: this.sequence,
      order,
      displayName: order.displayName ?? `instance${digitsOf(nowMs)}`,
      faultDomain: order.faultDomain ?? this.chooseFaultDomain(),
      timeCreatedMs: nowMs,
      vnic: {
        vnicOcid: this.nextOcid("vnic"),
        attachmentOcid: this.nextOcid("vnicattachment"),
        privateIpOcid: this.nextOcid("privateip"),
        subnet: subnet.description,
        virtualRouterIp: subnet.pool.virtualRouterIp,
        ipAddress,
        macAddress: macAddressOf(this.sequence),
        attachedAtMs: nowMs + this.settings.vnicDelayMs,
      },
      boots,
      lifecycleState: "PROVISIONING",
      epoch: 1,
      jsonHead: "",
    };
    this.instances.set(record.instanceOcid, record);
    this.byVnic.set(record.vnic.vnicOcid, record);
    this.bootVolumes.createFor(record);
    this.quotas.add(order.shape.shape, order.availabilityDomain, 1);
    this.serviceLimits.add(order, 1);
    return record;
  }

  private chooseFaultDomain(): string {
    const { faultDomains } = this.region;
    return faultDomains[this.sequence % faultDomains.length] ?? "FAULT-DOMAIN-1";
  }

  private schedule(dueMs: number, run: (dueMs: number) => void): void {
    const before = this.queue.nextDueMs ?? Number.POSITIVE_INFINITY;
    this.queue.add(dueMs, run);
    if (dueMs < before) for (const listener of this.dueListeners) listener();
  }

  private emit(event: CloudEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  private release(record: InstanceRecord): void {
    this.subnetOf(record.order).moveOut(record);
    this.quotas.add(record.order.shape.shape, record.order.availabilityDomain, -1);
    this.serviceLimits.add(record.order, -1);
  }

  private forget(record: InstanceRecord): void {
    this.instances.delete(record.instanceOcid);
    this.byVnic.delete(record.vnic.vnicOcid);
    this.workRequests.forgetInstance(record.instanceOcid);
    this.consoles.forgetInstance(record.instanceOcid);
    this.bootVolumes.forgetInstance(record.instanceOcid);
  }
}

function digitsOf(timeMs: number): string {
  return new Date(timeMs).toISOString().replaceAll(/\D/g, "").slice(0, 14);
}
