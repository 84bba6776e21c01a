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
} from "../../../nodectl/oci/provider.ts";

/** A cloud in memory for the decisions above the provider; the sandbox's API is the real stand-in. */
export class FakeCloud implements InstanceControl, AddressBook, LaunchInquiry {
  readonly instances = new Map<string, Instance>();
  readonly launches: LaunchRequest[] = [];
  readonly terminations: string[] = [];
  readonly tokens = new Map<string, string>();
  addressLists = 0;
  instanceLists = 0;
  /** Asked before each launch; undefined lets it through. */
  onLaunch: (request: LaunchRequest) => LaunchOutcome | undefined = () => undefined;
  /** Called before each list of instances: the place to let time pass. */
  onList: (count: number) => void = () => undefined;
  /** Of what was launched, until a test changes it. */
  launchedState: LifecycleState = "RUNNING";
  /** What a work request says, by the instance's OCID. */
  readonly launchEnds = new Map<string, LaunchEnd>();
  #now = 10_000;

  add(overrides: Partial<Instance> & { nodeName: string }): Instance {
    const instance: Instance = {
      instanceOcid: `i-${this.instances.size + 1}`,
      lifecycleState: "RUNNING",
      shape: "VM.Standard2.1",
      availabilityDomain: "Uocm:PHX-AD-1",
      timeCreatedMs: ++this.#now,
      ...overrides,
    };
    this.instances.set(instance.instanceOcid, instance);
    return instance;
  }

  setState(instanceOcid: string, lifecycleState: LifecycleState): void {
    const instance = this.instances.get(instanceOcid);
    if (instance === undefined) throw new Error(`no instance ${instanceOcid}`);
    this.instances.set(instanceOcid, { ...instance, lifecycleState });
  }

  livingOf(nodeName: string): Instance[] {
    return [...this.instances.values()].filter(
      (instance) => instance.nodeName === nodeName && !/^TERMINAT/.test(instance.lifecycleState),
    );
  }

  listInstances(): Promise<readonly Instance[]> {
    this.onList(++this.instanceLists);
    return Promise.resolve([...this.instances.values()]);
  }

  launchInstance(request: LaunchRequest): Promise<LaunchOutcome> {
    this.launches.push(request);
    const answer = this.onLaunch(request);
    if (answer !== undefined) return Promise.resolve(answer);
    const known = this.instances.get(this.tokens.get(request.retryToken) ?? "");
    const { shape, availabilityDomain } = request.placement;
    const { nodeName } = request;
    const lifecycleState = this.launchedState;
    const instance = known ?? this.add({ nodeName, shape, availabilityDomain, lifecycleState });
    this.tokens.set(request.retryToken, instance.instanceOcid);
    const workRequestOcid = `work of ${instance.instanceOcid}`;
    return Promise.resolve({ kind: "launched", instance, workRequestOcid });
  }

  explainLaunch(workRequestOcid: string): Promise<LaunchEnd> {
    return Promise.resolve(
      this.launchEnds.get(workRequestOcid.replace("work of ", "")) ?? { kind: "not-failed" },
    );
  }

  terminateInstance({ instanceOcid }: Instance): Promise<TerminateOutcome> {
    this.terminations.push(instanceOcid);
    this.setState(instanceOcid, "TERMINATING");
    return Promise.resolve({ kind: "terminated" });
  }

  listPrivateAddresses(): Promise<readonly PrivateAddress[]> {
    this.addressLists += 1;
    const living = [...this.instances.values()].filter(
      ({ lifecycleState }) => lifecycleState !== "TERMINATED",
    );
    return Promise.resolve(
      living.map(({ nodeName, timeCreatedMs, instanceOcid }) => ({
        hostnameLabel: nodeName,
        ipAddress: `10.0.1.${instanceOcid.replace("i-", "")}`,
        timeCreatedMs,
      })),
    );
  }
}
