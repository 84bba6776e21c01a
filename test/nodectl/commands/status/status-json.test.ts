import { expect, test } from "vitest";
import { statusJson } from "../../../../nodectl/commands/status/status-json.ts";
import { warningsOf } from "../../../../nodectl/domain/status/warnings.ts";
import type { BootCoolDown } from "../../../../nodectl/domain/status/cool-downs.ts";
import {
  instance,
  nodeName,
  NOW_MS,
  offNode,
  RULE,
  sight,
  upNode,
} from "../../domain/status/sights.ts";

function jsonOf(overrides: Parameters<typeof sight>[0]): object {
  const seen = sight(overrides);
  return JSON.parse(JSON.stringify(statusJson({ ...seen, warnings: warningsOf(seen) }))) as object;
}

test("scripts find every key, also where nothing is known", () => {
  expect(jsonOf({ nodes: [offNode()] })).toEqual({
    version: 1,
    clusterId: "clustera",
    time: "2026-11-25T14:00:00.000Z",
    slurmNotSeen: null,
    ociNotSeen: null,
    instanceCount: 0,
    usdPerHour: 0,
    instancesOfUnknownPrice: 0,
    priceListDate: "2026-04",
    lastReconcile: "2026-11-25T13:59:36.000Z",
    pause: null,
    warnings: [],
    coolDowns: [],
    nodes: [
      {
        node: nodeName(1),
        slurmState: "off",
        slurmWords: "IDLE+CLOUD+POWERED_DOWN",
        reason: "",
        instanceState: "none",
        shape: "VM.Standard.E4.Flex.8.64",
        availabilityDomain: "PHX-AD-1",
        address: null,
        claim: "wanted",
        usdPerHour: 0,
        wakingSince: null,
        plan: null,
        instances: [],
      },
    ],
  });
});

test("a node that runs has its instance, its age, its price and its plan", () => {
  const living = [instance({ capacityType: "preemptible" })];
  const plan = { kind: "wait", rule: RULE, sinceMs: NOW_MS } as const;
  expect(jsonOf({ nodes: [upNode({ living, usdPerHour: 0.1 + 0.2, plan })] })).toMatchObject({
    instanceCount: 1,
    usdPerHour: 0.148,
    nodes: [
      {
        usdPerHour: 0.3,
        plan: {
          kind: "wait",
          rule: "down-machine",
          action: "power-down",
          patience: "second-look",
          since: "2026-11-25T14:00:00.000Z",
        },
        instances: [
          {
            instanceOcid: "ocid1.instance.oc1.phx.abcdefghijklmnop",
            lifecycleState: "RUNNING",
            shape: "VM.Standard.E4.Flex",
            ocpus: 8,
            memoryGib: 64,
            availabilityDomain: "Uocm:PHX-AD-1",
            capacityType: "preemptible",
            ageSeconds: 300,
            usdPerHour: 0.148,
          },
        ],
      },
    ],
  });
});

test("an unknown cost is null, never 0", () => {
  expect(jsonOf({ ociBlindness: "503", lastPassMs: 0 })).toMatchObject({
    ociNotSeen: "503",
    instanceCount: null,
    usdPerHour: null,
    lastReconcile: null,
  });
  const living = [instance({ shape: "VM.Standard2.1" })];
  expect(jsonOf({ nodes: [upNode({ living, usdPerHour: undefined })] })).toMatchObject({
    instancesOfUnknownPrice: 1,
    nodes: [{ usdPerHour: null, instances: [{ usdPerHour: null }] }],
  });
});

test("a pause, and boots that fail, are there with the same keys as everything else", () => {
  const pause = { who: "ann", sinceMs: NOW_MS, reason: "the region is ill" };
  const boot: BootCoolDown = {
    ...{ kind: "boot", shape: "VM.X", imageOcid: "ocid1.image.oc1..a" },
    ...{ untilMs: NOW_MS, message: "its last 3 boots failed: panic" },
  };
  expect(jsonOf({ pause, coolDowns: [boot] })).toMatchObject({
    pause: { who: "ann", since: "2026-11-25T14:00:00.000Z", reason: "the region is ill" },
    warnings: [{ id: "launching-paused" }, { id: "boots-fail" }],
    coolDowns: [
      {
        ...{ shape: "VM.X", availabilityDomain: null, capacityType: null, kind: "boot" },
        imageOcid: "ocid1.image.oc1..a",
        until: "2026-11-25T14:00:00.000Z",
        message: "its last 3 boots failed: panic",
      },
    ],
  });
  const unknown = { who: "somebody", sinceMs: undefined, reason: "" };
  expect(jsonOf({ pause: unknown })).toMatchObject({ pause: { since: null } });
});
