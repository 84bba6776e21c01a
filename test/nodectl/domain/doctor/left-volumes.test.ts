import { describe, expect, it } from "vitest";
import { judgeVolumes, type LeftVolume } from "../../../../nodectl/domain/doctor/left-volumes.ts";

const NOW_MS = 10 * 3_600_000;
const NAMES = new Set(["a-0001", "a-0002"]);
const VOLUME: LeftVolume = {
  ...{ bootVolumeOcid: "ocid1.bootvolume.oc1.phx.aaaa", instanceName: "a-0001" },
  ...{ sizeGib: 47, timeCreatedMs: 0, imageOcid: "ocid1.image.oc1.phx.aaaaaaaasabcd123" },
};

describe("judgeVolumes()", () => {
  it("leaves alone what is new, and what other instances left", () => {
    const nameless = { bootVolumeOcid: "v-1", sizeGib: 47, timeCreatedMs: 0 };
    const others = [
      { ...VOLUME, timeCreatedMs: NOW_MS - 60_000 },
      { ...VOLUME, instanceName: "somebody-elses" },
      nameless,
    ];
    expect(judgeVolumes(others, NAMES, NOW_MS)).toEqual({
      kind: "ok",
      seen: "no node left one behind",
    });
  });

  it("warns of what a node of this name left behind", () => {
    expect(judgeVolumes([VOLUME], NAMES, NOW_MS)).toEqual({
      kind: "warning",
      seen: "47 GB of nodes that are gone: a-0001 (from image …sabcd123)",
      fix: "oci bv boot-volume delete --boot-volume-id ocid1.bootvolume.oc1.phx.aaaa; it costs",
    });
  });

  it("names each with what it was made of, the first five of many", () => {
    const copy: LeftVolume = {
      ...{ bootVolumeOcid: "v-2", instanceName: "a-0002", sizeGib: 47, timeCreatedMs: 0 },
    };
    expect(judgeVolumes([VOLUME, copy], NAMES, NOW_MS)).toMatchObject({
      seen: "94 GB of nodes that are gone: a-0001 (from image …sabcd123), a-0002 (from another volume)",
    });
    const seven = Array.from({ length: 7 }, () => copy);
    expect(judgeVolumes(seven, NAMES, NOW_MS)).toMatchObject({
      seen: expect.stringMatching(
        /^329 GB of nodes .*: (a-0002[^,]*, ){4}a-0002[^,]* and 2 more$/,
      ) as string,
    });
  });
});
