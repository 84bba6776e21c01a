import { describe, expect, it } from "vitest";
import {
  programsIn,
  settingIn,
  slurmUserIn,
} from "../../../../nodectl/domain/doctor/slurm-files.ts";

const TEXT = `# SlurmUser=nobody
ClusterName=lab
 slurmuser = slurm # the account
ResumeProgram=/usr/local/bin/startnode
SuspendProgram=/usr/local/bin/stopnode
ResumeFailProgram=/usr/local/bin/stopnode
ResumeProgram=/opt/own/start
`;

describe("settingIn()", () => {
  it("reads as Slurm does: any case, blanks, comments, the last of several", () => {
    expect(settingIn(TEXT, "SlurmUser")).toBe("slurm");
    expect(settingIn(TEXT, "resumeprogram")).toBe("/opt/own/start");
    expect(settingIn(TEXT, "Prolog")).toBeUndefined();
  });
});

describe("slurmUserIn()", () => {
  it("is root when no line names one", () => {
    expect(slurmUserIn(TEXT)).toBe("slurm");
    expect(slurmUserIn("ClusterName=lab\n")).toBe("root");
  });
});

describe("programsIn()", () => {
  it("names each program that slurmctld runs once", () => {
    expect(programsIn(TEXT)).toEqual(["/opt/own/start", "/usr/local/bin/stopnode"]);
  });
});
