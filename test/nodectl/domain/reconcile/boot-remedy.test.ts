import { describe, expect, it } from "vitest";
import type { LastWords } from "../../../../nodectl/domain/node-log/last-words.ts";
import { judgeBoots } from "../../../../nodectl/domain/reconcile/boot-failures.ts";
import { bootRemedy, type BootRemedy } from "../../../../nodectl/domain/reconcile/boot-remedy.ts";

/** Of boots of which the last ended so, by way of the message that reconcile leaves for the others. */
function remedyOf(failure: LastWords): BootRemedy {
  const boot = {
    ...{ nodeName: "n-1", imageOcid: "ocid1.image.oc1..a", offer: { shape: "VM.Standard2.1" } },
    failure,
  };
  const { entries } = judgeBoots({}, [boot], { failuresMax: 1, coolDownMs: 1, nowMs: 0 });
  return bootRemedy(entries[0]?.message ?? "", "/home/slurm/bootstrap.sh");
}

describe("what to do about boots that fail", () => {
  const isTheImageBlamed = /mend the image|is tried at once/;

  it("is to push the ref that is not there, or to name another: no image helps", () => {
    const words =
      "no ansible/compute.yml of v9 from http://me/citc.git: Failed to checkout v9 for a change";
    const { text, isShared } = remedyOf({ stage: "failed", words });
    expect(text).toContain("push ansible/compute.yml of v9 to that repository");
    expect(text).toContain("behind REF= in /home/slurm/bootstrap.sh");
    expect(text).not.toMatch(isTheImageBlamed);
    expect(isShared).toBe(true);
  });

  it("names no ref whose end is cut", () => {
    const words = `no ansible/compute.yml of ${"v".repeat(200)} from http://me/citc.git: Failed`;
    expect(remedyOf({ stage: "failed", words }).text).toContain("compute.yml of that ref to");
  });

  it("is to mend what the playbook failed at, which another image fails at too", () => {
    const { text, isShared } = remedyOf({ stage: "failed", words: "munge : Check: no key" });
    expect(text).toMatch(/on the management node or in the repository; another .* fails alike$/);
    expect(text).not.toMatch(isTheImageBlamed);
    expect(isShared).toBe(true);
  });

  it("is to mend what it waited for, or to see why it takes so long", () => {
    const words = "could not mount fss:/shared, try 32 of 60: mount.nfs: Connection timed out";
    const waited = remedyOf({ stage: "unfinished", words });
    expect(waited.text).toContain("mend the network, the server or the repository");
    const busy = remedyOf({ stage: "unfinished", words: "running ansible/compute.yml of v1" });
    expect(busy.text).toContain("raise boot_limit_seconds");
    for (const { text, isShared } of [waited, busy]) {
      expect(text).not.toMatch(isTheImageBlamed);
      expect(isShared).toBe(true);
    }
  });

  it("is to look at both daemons first when all was set up and Slurm did not hear it", () => {
    const { text, isShared } = remedyOf({ stage: "configured", words: "[  OK  ] Reached target" });
    expect(text).toMatch(/before you mend the image .*slurmctld\.log.*slurmd\.log/);
    expect(isShared).toBe(false);
  });

  it("is to mend the image when the machine said nothing of ours, or nobody knows", () => {
    const silent = remedyOf({ stage: "silent", words: "Kernel panic" });
    expect(silent.text).toMatch(isTheImageBlamed);
    expect(silent.isShared).toBe(false);
    expect(bootRemedy("", "/home/slurm/bootstrap.sh")).toEqual(silent);
  });
});
