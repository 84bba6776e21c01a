import { describe, expect, it } from "vitest";
import {
  judgeSlurmSettings,
  parseRunningSettings,
} from "../../../../nodectl/domain/doctor/slurm-settings.ts";
import { neededParameters } from "../../../../nodectl/domain/slurm-parameters.ts";
import { validPlan } from "../region.ts";

/** Lines of `scontrol show config`, as 22.05.8 and 24.11.5 write them for a cluster with finish's defaults. */
const COMMON = `Configuration data as of 2026-11-25T17:01:05
AuthInfo                = cred_expire=60
HASH_VAL                = Match
ResumeFailProgram       = /usr/local/bin/stopnode
ResumeProgram           = /usr/local/bin/startnode
ResumeRate              = 0 nodes/min
ResumeTimeout           = 900 sec
ReturnToService         = 2
SuspendProgram          = /usr/local/bin/stopnode
SuspendRate             = 0 nodes/min
SuspendTime             = 900 sec
SuspendTimeout          = 120 sec
`;
const OF_22_05 = `${COMMON}CommunicationParameters = NoAddrCache
PrivateData             = cloud
PrologSlurmctld         = /usr/local/bin/wait-for-nodes
SlurmctldParameters     = power_save_interval=5,idle_on_node_suspend,cloud_reg_addrs,node_reg_mem_percent=90
SLURM_VERSION           = 22.05.8
TreeWidth               = 65533
`;
const OF_24_11 = `${COMMON}CommunicationParameters = (null)
PrivateData             = none
PrologSlurmctld[0]      = /usr/local/bin/wait-for-nodes
SlurmctldParameters     = idle_on_node_suspend,node_reg_mem_percent=90
SLURM_VERSION           = 24.11.5
TreeWidth               = 16

Slurmctld(primary) at mgmt is UP
`;
const RELEASES = { 22: { major: 22, minor: 5 }, 24: { major: 24, minor: 11 } } as const;

function judged(text: string, release: keyof typeof RELEASES, limits = "VM.Standard2.1: 1") {
  const needed = neededParameters(validPlan(limits), RELEASES[release]);
  return judgeSlurmSettings(needed, parseRunningSettings(text));
}

describe("judgeSlurmSettings()", () => {
  it("is content with what finish writes, on either release", () => {
    expect(judged(OF_22_05, 22)).toEqual([
      { kind: "ok", seen: "all 15 that Slurm 22.05.8 needs are set" },
    ]);
    expect(judged(OF_24_11, 24)).toEqual([
      { kind: "ok", seen: "all 12 that Slurm 24.11.5 needs are set" },
    ]);
  });

  it("finds a setting that only this release needs", () => {
    const flat = OF_22_05.replace("65533", "50").replace("cloud_reg_addrs,", "");
    expect(judged(flat, 22)).toEqual([
      {
        kind: "wrong",
        seen: "SlurmctldParameters lacks cloud_reg_addrs",
        fix: expect.stringMatching(
          /^sudo ~opc\/finish writes it: a stopped node is idle/,
        ) as string,
      },
      {
        kind: "wrong",
        seen: "TreeWidth is 50, not 65533",
        fix: "sudo ~opc/finish writes it: no fan-out over nodes, which do not know each other's addresses",
      },
    ]);
    expect(judged(OF_24_11.replace("16", "50"), 24)).toMatchObject([{ kind: "ok" }]);
  });

  it("finds that there is no power saving", () => {
    const off = OF_24_11.replace("SuspendTime             = 900 sec", "SuspendTime = INFINITE");
    expect(judged(off, 24)).toMatchObject([
      { kind: "wrong", seen: "SuspendTime is INFINITE, not 900" },
    ]);
    const none = OF_24_11.replace("/usr/local/bin/startnode", "(null)");
    expect(judged(none, 24)).toMatchObject([
      { kind: "wrong", seen: "ResumeProgram is not set, not /usr/local/bin/startnode" },
    ]);
  });

  it("warns once of all timers that are not as the limits say", () => {
    const limits = "VM.Standard2.1: 1\ncluster: {suspend_time: 600, cred_expire: 90}";
    expect(judged(OF_24_11, 24, limits)).toEqual([
      {
        kind: "warning",
        seen: "not as limits.yaml says: SuspendTime is 900, not 600; AuthInfo lacks cred_expire=90",
        fix: "sudo ~opc/finish, when limits.yaml is as you want it",
      },
    ]);
  });

  it("takes a site's own value for right, and does not ask for what only the site wants", () => {
    const limits =
      "VM.Standard2.1: 1\ncluster: {slurm_options: {ReturnToService: 1, MessageTimeout: 30}}";
    expect(
      judged(OF_24_11.replace("Service         = 2", "Service = 1"), 24, limits),
    ).toMatchObject([{ kind: "ok" }]);
    expect(judged(OF_24_11, 24, limits)).toMatchObject([
      { kind: "wrong", seen: "ReturnToService is 2, not 1" },
    ]);
  });
});
