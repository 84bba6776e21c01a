import { describe, expect, it } from "vitest";
import { remainsIn, type Remainder } from "../../../../nodectl/domain/sweep/remains.ts";
import { CLUSTER, instance, listing, NOW_MS, OTHER_TAGS, volume } from "./listing-samples.ts";
import type { CompartmentListing } from "../../../../nodectl/domain/sweep/listing.ts";

function remains(changes: Partial<CompartmentListing>) {
  const found = remainsIn(listing(changes), { clusterId: CLUSTER, nowMs: NOW_MS });
  const names = (items: readonly Remainder[]) => items.map(({ kind, ocid }) => `${kind} ${ocid}`);
  return {
    removable: names(found.removable),
    pending: names(found.pending),
    doubtful: names(found.doubtful),
    launchers: names(found.launchers),
  };
}

const NOTHING = { removable: [], pending: [], doubtful: [], launchers: [] };
const own = "instance ocid1.instance.oc1.phx.own";
const left = "boot-volume ocid1.bootvolume.oc1.phx.left";

describe("of a compartment", () => {
  it.each(["PROVISIONING", "STARTING", "RUNNING", "STOPPED", "MOVING", "UNKNOWN_VALUE"])(
    "an instance of ours that is %s is removed",
    (lifecycleState) => {
      const found = remains({ instances: [instance({ lifecycleState })] });
      expect(found).toEqual({ ...NOTHING, removable: [own] });
    },
  );

  it("one that is TERMINATING is waited for, because it holds its address in the subnet", () => {
    const found = remains({ instances: [instance({ lifecycleState: "TERMINATING" })] });
    expect(found).toEqual({ ...NOTHING, pending: [own] });
  });

  it("nothing is left when all that there is is TERMINATED or DELETED", () => {
    const found = remains({
      instances: [instance({ lifecycleState: "TERMINATED" })],
      bootVolumes: [volume({ lifecycleState: "TERMINATED" })],
      images: [
        {
          imageOcid: "i",
          displayName: "v1",
          lifecycleState: "DELETED",
          tags: { cluster: CLUSTER },
        },
      ],
    });
    expect(found).toEqual(NOTHING);
  });

  it("nothing of others is in it, and nothing without a tag", () => {
    const others = [
      {},
      OTHER_TAGS,
      { type: "compute" },
      { cluster: `${CLUSTER}x`, type: "compute" },
    ];
    const found = remains({
      instances: others.map((tags, index) => instance({ instanceOcid: `i${index}`, tags })),
      bootVolumes: [volume({ instanceName: "database" }), volume({ tags: OTHER_TAGS })],
      images: others.map((tags, index) => ({
        ...{ imageOcid: `m${index}`, displayName: "v1", lifecycleState: "AVAILABLE", tags },
      })),
    });
    expect(found).toEqual(NOTHING);
  });

  it("the management node is a launcher while it may run, and never removed", () => {
    const tags = { cluster: CLUSTER };
    const running = remains({ instances: [instance({ tags })] });
    expect(running).toEqual({ ...NOTHING, launchers: [own] });
    for (const lifecycleState of ["STOPPED", "TERMINATING", "TERMINATED"]) {
      expect(remains({ instances: [instance({ tags, lifecycleState })] })).toEqual(NOTHING);
    }
  });

  it("a boot volume of ours is removed, and left to its instance while that has it", () => {
    const gone = instance({ lifecycleState: "TERMINATED" });
    expect(remains({ instances: [gone], bootVolumes: [volume()] })).toMatchObject({
      removable: [left],
    });
    const attachments = [{ instanceOcid: gone.instanceOcid, holds: true }];
    const held = remains({ instances: [instance()], bootVolumes: [volume({ attachments })] });
    expect(held).toEqual({ ...NOTHING, removable: [own] });
  });

  it("one of ours that somebody else's instance boots from is for a person to look at", () => {
    const tags = { cluster: CLUSTER };
    const attachments = [{ instanceOcid: "ocid1.instance.oc1.phx.rescue", holds: true }];
    const found = remains({ bootVolumes: [volume({ tags, attachments })] });
    expect(found).toEqual({ ...NOTHING, doubtful: [left] });
  });

  it("one that may be ours is never removed", () => {
    const found = remains({
      bootVolumes: [
        volume({ instanceName: "vm-standard2-1-ad1-0007" }),
        volume({ instanceName: "vm-standard2-1-ad1-0008", lifecycleState: "TERMINATED" }),
      ],
    });
    expect(found).toEqual({ ...NOTHING, doubtful: [left] });
  });

  it.each([
    ["AVAILABLE", "removable"],
    ["DISABLED", "removable"],
    ["PROVISIONING", "pending"],
    ["IMPORTING", "pending"],
    ["EXPORTING", "pending"],
  ] as const)("an image of ours that is %s is %s", (lifecycleState, where) => {
    const tags = { cluster: CLUSTER };
    const images = [{ imageOcid: "i", displayName: "v1", lifecycleState, tags }];
    expect(remains({ images })).toEqual({ ...NOTHING, [where]: ["image i"] });
  });

  it.each([
    ["FAULTY", "removable"],
    ["PROVISIONING", "pending"],
    ["TERMINATING", "pending"],
  ] as const)("a boot volume of ours that is %s is %s", (lifecycleState, where) => {
    const bootVolumes = [volume({ lifecycleState, tags: { cluster: CLUSTER } })];
    expect(remains({ bootVolumes })).toEqual({ ...NOTHING, [where]: [left] });
  });
});
