import { incorrectState } from "./api-error.ts";
import { describeInstance, type CloudEvent } from "./cloud-event.ts";
import type { CloudSettings } from "./cloud-settings.ts";
import type { InstanceRecord, LifecycleState } from "./instance-record.ts";
import type { WorkRequestRecord } from "./work-request.ts";

/** Why a launch that was accepted fails afterwards, as its work request will say. */
export interface LaunchFailure {
  readonly code: string;
  readonly message: string;
}

export interface LifecycleHooks {
  /** Calls back at that time, with that time. */
  schedule(dueMs: number, run: (dueMs: number) => void): void;
  emit(event: CloudEvent): void;
  /** The instance is TERMINATED: its address, label and quota are free again. */
  release(record: InstanceRecord): void;
  /** The record has been listed for long enough. */
  forget(record: InstanceRecord): void;
}

/**
 * The states of an instance and what leads from one to the next:
 *
 *     PROVISIONING -boot-> RUNNING -stop-> STOPPING -> STOPPED -start-> STARTING -boot-> RUNNING
 *     RUNNING -reset-> STOPPING -> STARTING -boot-> RUNNING
 *     anything but the last two -terminate-> TERMINATING -> TERMINATED
 *     PROVISIONING -failure-> TERMINATED        RUNNING -failure-> STOPPED
 *
 * All times are passed in: a step that is due at t happens at t, however late somebody looks.
 */
export class Lifecycle {
  private readonly settings: CloudSettings;
  private readonly hooks: LifecycleHooks;

  constructor(settings: CloudSettings, hooks: LifecycleHooks) {
    this.settings = settings;
    this.hooks = hooks;
  }

  /** A new instance, PROVISIONING: boots after bootMs, or fails then. */
  begin(record: InstanceRecord, work: WorkRequestRecord, failure: LaunchFailure | undefined): void {
    this.later(record, record.timeCreatedMs, this.settings.bootMs, (atMs) => {
      if (failure === undefined) this.boot(record, work, atMs);
      else this.failLaunch(record, work, failure, atMs);
    });
  }

  /** Power on. */
  boot(record: InstanceRecord, work: WorkRequestRecord, atMs: number): void {
    finishWork(work, "SUCCEEDED", atMs);
    enter(record, "RUNNING");
    this.hooks.emit({ kind: "instance-running", instance: describeInstance(record) });
  }

  failLaunch(
    record: InstanceRecord,
    work: WorkRequestRecord,
    failure: LaunchFailure,
    atMs: number,
  ): void {
    finishWork(work, "FAILED", atMs, failure);
    this.end(record, atMs);
  }

  terminate(
    record: InstanceRecord,
    launchWork: WorkRequestRecord | undefined,
    work: WorkRequestRecord,
    atMs: number,
  ): void {
    if (record.lifecycleState === "TERMINATING" || record.lifecycleState === "TERMINATED") {
      throw incorrectState(`Instance ${record.instanceOcid} is ${record.lifecycleState}`);
    }
    if (launchWork !== undefined) finishWork(launchWork, "CANCELED", atMs);
    this.powerOff(record, "TERMINATING", "terminate");
    this.later(record, atMs, this.settings.terminateMs, (endMs) => {
      finishWork(work, "SUCCEEDED", endMs);
      this.end(record, endMs);
    });
  }

  stop(record: InstanceRecord, work: WorkRequestRecord, atMs: number): void {
    requireState(record, "RUNNING", "stopped");
    this.powerOff(record, "STOPPING", "stop");
    this.later(record, atMs, this.settings.stopMs, (endMs) => {
      finishWork(work, "SUCCEEDED", endMs);
      enter(record, "STOPPED");
    });
  }

  reset(record: InstanceRecord, work: WorkRequestRecord, atMs: number): void {
    requireState(record, "RUNNING", "reset");
    this.powerOff(record, "STOPPING", "stop");
    this.later(record, atMs, this.settings.stopMs, (stoppedMs) => {
      this.powerOn(record, work, stoppedMs);
    });
  }

  start(record: InstanceRecord, work: WorkRequestRecord, atMs: number): void {
    requireState(record, "STOPPED", "started");
    this.powerOn(record, work, atMs);
  }

  /** The host dies under a RUNNING instance, which then is STOPPED (recoveryAction STOP_INSTANCE). */
  loseHost(record: InstanceRecord): void {
    requireState(record, "RUNNING", "failed");
    this.powerOff(record, "STOPPED", "failure");
  }

  private end(record: InstanceRecord, atMs: number): void {
    enter(record, "TERMINATED");
    this.hooks.release(record);
    this.hooks.emit({ kind: "instance-terminated", instance: describeInstance(record) });
    this.later(record, atMs, this.settings.terminatedRecordMs, () => {
      this.hooks.forget(record);
    });
  }

  private powerOn(record: InstanceRecord, work: WorkRequestRecord, atMs: number): void {
    enter(record, "STARTING");
    this.later(record, atMs, this.settings.bootMs, (endMs) => {
      this.boot(record, work, endMs);
    });
  }

  private powerOff(
    record: InstanceRecord,
    state: LifecycleState,
    reason: "terminate" | "stop" | "failure",
  ): void {
    const wasRunning = record.lifecycleState === "RUNNING";
    enter(record, state);
    if (!wasRunning) return;
    this.hooks.emit({ kind: "instance-powered-off", reason, instance: describeInstance(record) });
  }

  /** Unless the instance has changed its state in between. */
  private later(
    record: InstanceRecord,
    fromMs: number,
    delayMs: number,
    step: (atMs: number) => void,
  ): void {
    const { epoch } = record;
    this.hooks.schedule(fromMs + delayMs, (atMs) => {
      if (record.epoch === epoch) step(atMs);
    });
  }
}

function enter(record: InstanceRecord, state: LifecycleState): void {
  record.lifecycleState = state;
  record.epoch += 1;
}

function requireState(record: InstanceRecord, state: LifecycleState, verb: string): void {
  if (record.lifecycleState === state) return;
  throw incorrectState(
    `Instance ${record.instanceOcid} is ${record.lifecycleState} and cannot be ${verb}`,
  );
}

function finishWork(
  work: WorkRequestRecord,
  status: "SUCCEEDED" | "FAILED" | "CANCELED",
  atMs: number,
  error?: LaunchFailure,
): void {
  if (work.status !== "IN_PROGRESS") return;
  work.status = status;
  work.timeFinishedMs = atMs;
  work.error = error;
}
