import { ComputeClient, VirtualNetworkClient, type models } from "oci-core";
import { WorkRequestClient, models as workRequestModels } from "oci-workrequests";
import { isComputeOf, TAG } from "../domain/cluster-tags.ts";
import { launchDetails, type LaunchSettings } from "./launch-details.ts";
import { describeLaunchErrors, OciCallError } from "./oci-errors.ts";
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
import { terminateOnce } from "./terminate-once.ts";

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
        items: items
          .filter(({ freeformTags }) => isComputeOf(freeformTags ?? {}, clusterId))
          .map(toInstance),
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
      await callOci("TerminateInstance", this.#terminateRetry, () =>
        terminateOnce(this.#compute, instance.instanceOcid),
      );
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
}

const UNFINISHED: ReadonlySet<string> = new Set(["ACCEPTED", "IN_PROGRESS"]);

function refusal(error: unknown): { kind: "refused"; failure: OciCallError["failure"] } {
  if (error instanceof OciCallError) return { kind: "refused", failure: error.failure };
  throw error;
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
