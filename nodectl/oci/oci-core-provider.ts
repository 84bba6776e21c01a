import { ComputeClient, VirtualNetworkClient, type models } from "oci-core";
import { WorkRequestClient, models as workRequestModels } from "oci-workrequests";
import { isLiving } from "../domain/reconcile/instance-state.ts";
import { launchDetails, TAG, TYPE_COMPUTE, type LaunchSettings } from "./launch-details.ts";
import { describeFailure, describeLaunchErrors, OciCallError } from "./oci-errors.ts";
import { listAllPages } from "./pages.ts";
import type {
  AddressBook,
  Instance,
  InstanceControl,
  LaunchEnd,
  LaunchInquiry,
  LaunchOutcome,
  LaunchRequest,
  LifecycleState,
  PrivateAddress,
  TerminateOutcome,
} from "./provider.ts";
import { callOci, type RetryPolicy } from "./retry.ts";
import { createSdkClient, type ClientSettings } from "./sdk-clients.ts";

export interface OciCoreProviderOptions {
  readonly clients: ClientSettings;
  readonly launch: LaunchSettings;
  readonly retry: RetryPolicy;
  /** Of launches, which end before the run does. */
  readonly launchRetry: RetryPolicy;
  /** Of terminations, which may go on after it: what runs on costs money. */
  readonly terminateRetry: RetryPolicy;
}

/** Instances and addresses of one cluster through the real SDK. */
export class OciCoreProvider implements InstanceControl, AddressBook, LaunchInquiry {
  readonly #compute: ComputeClient;
  readonly #network: VirtualNetworkClient;
  readonly #workRequests: WorkRequestClient;
  readonly #launch: LaunchSettings;
  readonly #retry: RetryPolicy;
  readonly #launchRetry: RetryPolicy;
  readonly #terminateRetry: RetryPolicy;

  constructor({ clients, launch, ...retries }: OciCoreProviderOptions) {
    this.#compute = createSdkClient(ComputeClient, clients);
    this.#network = createSdkClient(VirtualNetworkClient, clients);
    this.#workRequests = createSdkClient(WorkRequestClient, clients);
    this.#launch = launch;
    this.#retry = retries.retry;
    this.#launchRetry = retries.launchRetry;
    this.#terminateRetry = retries.terminateRetry;
  }

  async listInstances(): Promise<readonly Instance[]> {
    const { compartmentOcid: compartmentId, clusterId } = this.#launch;
    // No filter on tags exists: the compartment is listed, 1,000 at a time, and filtered here; page by page, because user
    // data makes a record as long as 32 kB.
    return listAllPages("ListInstances", this.#retry, async (page) => {
      const { items, opcNextPage } = await this.#compute.listInstances({ compartmentId, ...page });
      return {
        items: items.filter((item) => isOurs(item, clusterId)).map(toInstance),
        opcNextPage,
      };
    });
  }

  async launchInstance(request: LaunchRequest): Promise<LaunchOutcome> {
    try {
      const answer = await callOci("LaunchInstance", this.#launchRetry, () =>
        this.#compute.launchInstance({
          launchInstanceDetails: launchDetails(this.#launch, request),
          opcRetryToken: request.retryToken,
        }),
      );
      const { opcRequestId, opcWorkRequestId } = answer;
      return {
        kind: "launched",
        instance: toInstance(answer.instance),
        ...(opcRequestId && { opcRequestId }),
        ...(opcWorkRequestId && { workRequestOcid: opcWorkRequestId }),
      };
    } catch (error) {
      return refusal(error);
    }
  }

  async terminateInstance(instance: Instance): Promise<TerminateOutcome> {
    try {
      await callOci("TerminateInstance", this.#terminateRetry, () => this.#terminateOnce(instance));
      return { kind: "terminated" };
    } catch (error) {
      return refusal(error);
    }
  }

  async listPrivateAddresses(): Promise<readonly PrivateAddress[]> {
    const { subnetOcid: subnetId } = this.#launch;
    return listAllPages("ListPrivateIps", this.#retry, async (page) => {
      const { items, opcNextPage } = await this.#network.listPrivateIps({ subnetId, ...page });
      return { items: items.flatMap(toPrivateAddress), opcNextPage };
    });
  }

  async explainLaunch(workRequestOcid: string): Promise<LaunchEnd> {
    const request = { workRequestId: workRequestOcid };
    const { workRequest } = await callOci("GetWorkRequest", this.#retry, () =>
      this.#workRequests.getWorkRequest(request),
    );
    const { status } = workRequest;
    if (UNFINISHED.has(status)) return { kind: "going-on" };
    if (status !== workRequestModels.WorkRequest.Status.Failed) return { kind: "not-failed" };
    const { items } = await callOci("ListWorkRequestErrors", this.#retry, () =>
      this.#workRequests.listWorkRequestErrors(request),
    );
    return { kind: "failed", failure: describeLaunchErrors(items) };
  }

  /** Boot volume and launch-time data volumes go too: the API's default would keep and bill the latter. */
  async #terminateOnce({ instanceOcid }: Instance): Promise<void> {
    try {
      await this.#compute.terminateInstance({
        instanceId: instanceOcid,
        preserveBootVolume: false,
        preserveDataVolumesCreatedAtLaunch: false,
      });
    } catch (thrown) {
      // 404 is what OCI answers for an instance that is gone, and for a missing permission to delete; 409 for one
      // that is going, and for one that is busy. Only a look tells them apart.
      const { status } = describeFailure("TerminateInstance", thrown);
      if (status !== 404 && status !== 409) throw thrown;
      if (!(await this.#isGoing(instanceOcid))) throw thrown;
    }
  }

  /** We may read instances, or they would not have been listed: so a 404 means that it is gone. */
  async #isGoing(instanceOcid: string): Promise<boolean> {
    try {
      const { instance } = await this.#compute.getInstance({ instanceId: instanceOcid });
      return !isLiving(instance);
    } catch (thrown) {
      if (describeFailure("GetInstance", thrown).status === 404) return true;
      throw thrown;
    }
  }
}

const UNFINISHED: ReadonlySet<string> = new Set(["ACCEPTED", "IN_PROGRESS"]);

function refusal(error: unknown): { kind: "refused"; failure: OciCallError["failure"] } {
  if (error instanceof OciCallError) return { kind: "refused", failure: error.failure };
  throw error;
}

function isOurs({ freeformTags }: models.Instance, clusterId: string): boolean {
  return freeformTags?.[TAG.cluster] === clusterId && freeformTags[TAG.type] === TYPE_COMPUTE;
}

function toInstance(item: models.Instance): Instance {
  const { ocpus, memoryInGBs } = item.shapeConfig ?? {};
  return {
    instanceOcid: item.id,
    // CitC's instances have no tag `node`; their display name is the node's.
    nodeName: item.freeformTags?.[TAG.node] ?? item.displayName ?? "",
    lifecycleState: toLifecycleState(item.lifecycleState),
    shape: item.shape,
    ...(ocpus !== undefined &&
      memoryInGBs !== undefined && { shapeConfig: { ocpus, memoryGib: memoryInGBs } }),
    availabilityDomain: item.availabilityDomain,
    // Absent, and null in answers that name every field.
    capacityType: item.preemptibleInstanceConfig ? "preemptible" : "on-demand",
    timeCreatedMs: toMs(item.timeCreated),
  };
}

const LIFECYCLE_STATES: ReadonlySet<string> = new Set<LifecycleState>([
  "MOVING",
  "PROVISIONING",
  "STARTING",
  "RUNNING",
  "STOPPING",
  "STOPPED",
  "CREATING_IMAGE",
  "TERMINATING",
  "TERMINATED",
]);

function toLifecycleState(state: string): LifecycleState {
  return LIFECYCLE_STATES.has(state) ? (state as LifecycleState) : "UNKNOWN_VALUE";
}

function toPrivateAddress(item: models.PrivateIp): PrivateAddress[] {
  const { hostnameLabel, ipAddress, timeCreated } = item;
  if (hostnameLabel === undefined || ipAddress === undefined || timeCreated === undefined)
    return [];
  return [{ hostnameLabel, ipAddress, timeCreatedMs: toMs(timeCreated) }];
}

/** The SDK declares Date and delivers ISO text: both are taken. */
function toMs(time: Date | string): number {
  return new Date(time).getTime();
}
