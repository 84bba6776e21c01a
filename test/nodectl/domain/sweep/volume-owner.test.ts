import { describe, expect, it } from "vitest";
import type { ListedInstance, ListedVolume } from "../../../../nodectl/domain/sweep/listing.ts";
import { volumeOwner, type VolumeOwner } from "../../../../nodectl/domain/sweep/volume-owner.ts";
import { CLUSTER, instance, NOW_MS, OTHER_TAGS, volume } from "./listing-samples.ts";

const gone = instance({ lifecycleState: "TERMINATED" });
const stranger = instance({ instanceOcid: "ocid1.instance.oc1.phx.other", tags: OTHER_TAGS });
const attachment = { instanceOcid: gone.instanceOcid, holds: false };
const HOUR_MS = 3_600_000;

describe("a boot volume that nothing boots from", () => {
  it.each<[string, VolumeOwner, ListedVolume, readonly ListedInstance[]]>([
    ["with the cluster's tag", "ours", volume({ tags: { cluster: CLUSTER } }), []],
    ["with another cluster's tag", "not-ours", volume({ tags: OTHER_TAGS }), [gone]],
    [
      "that an instance of ours booted from, whatever it is called",
      "ours",
      volume({ instanceName: "renamed", timeCreatedMs: 0, attachments: [attachment] }),
      [gone],
    ],
    [
      "that an instance of another cluster booted from, under a name of ours",
      "not-ours",
      volume({ attachments: [{ ...attachment, instanceOcid: stranger.instanceOcid }] }),
      [gone, stranger],
    ],
    [
      "that an instance booted from which the list does not have",
      "perhaps-ours",
      volume({ attachments: [{ ...attachment, instanceOcid: "ocid1.instance.oc1.phx.lost" }] }),
      [gone],
    ],
    ["made with an instance of ours, of which the record is there", "ours", volume(), [gone]],
    ["when another cluster has a node of that name", "perhaps-ours", volume(), [gone, stranger]],
    ["called like a node of another cluster alone", "perhaps-ours", volume(), [stranger]],
    [
      "so old that the record of its instance may be gone",
      "perhaps-ours",
      volume({ timeCreatedMs: NOW_MS - 11 * HOUR_MS }),
      [instance({ timeCreatedMs: NOW_MS - 11 * HOUR_MS })],
    ],
    ["made at another time", "perhaps-ours", volume({ timeCreatedMs: NOW_MS }), [gone]],
    ["in another availability domain", "perhaps-ours", volume({ availabilityDomain: "x" }), [gone]],
    ["of another image", "perhaps-ours", volume({ imageOcid: "ocid1.image.oc1.phx.x" }), [gone]],
    [
      "called like a node that nobody knows",
      "perhaps-ours",
      volume({ instanceName: "vm-standard2-1-ad1-0007" }),
      [],
    ],
    ["called like anything else", "not-ours", volume({ instanceName: "database" }), [gone]],
  ])("%s is %s", (_, owner, left, instances) => {
    expect(volumeOwner(left, instances, CLUSTER, NOW_MS)).toBe(owner);
  });

  it("without a name of OCI's making is nobody's that we know", () => {
    const { instanceName, ...nameless } = volume({ displayName: "backup" });
    expect(instanceName).toBe("vm-a-0001");
    expect(volumeOwner(nameless, [gone], CLUSTER, NOW_MS)).toBe("not-ours");
  });
});
