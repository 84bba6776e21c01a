import { readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lastWordsOf } from "../../nodectl/domain/node-log/last-words.ts";
import { bootRemedy } from "../../nodectl/domain/reconcile/boot-remedy.ts";
import { BootNotes } from "../../nodectl/files/boot-notes.ts";
import { BootMachine, INSTANCE_OCID } from "./boot-functions.ts";

let machine: BootMachine;
beforeEach(() => {
  machine = new BootMachine();
});
afterEach(() => {
  machine.remove();
});

/** Its lines of ours, without what they begin with; each once, because the end of the log has them too. */
function said(): readonly string[] {
  const lines = [...machine.console.matchAll(/^citc: (.*)$/gm)].map(([, line = ""]) => line);
  return [...new Set(lines)];
}

describe("try_often", () => {
  const refuse = "refuse() { echo trying; echo connection refused; return 1; }";

  it("tells the console at the tries 1, 2, 4, 8, ..., the log at all, and gives up at the last", () => {
    expect(machine.boot(`${refuse}\ntry_often "reach X" refuse`)).toBe(1);
    const tries = [1, 2, 4, 8, 16, 32];
    expect(said().slice(0, -1)).toEqual(
      tries.map((it) => `could not reach X, try ${it} of 60: connection refused`),
    );
    expect(said().at(-1)).toBe(
      "this machine could not be configured: could not reach X, try 60 of 60: connection refused",
    );
    const logged = machine.read("log").matchAll(/try (\d+) of 60/g);
    expect(new Set([...logged].map(([, number]) => Number(number))).size).toBe(60);
  });

  it("goes on as soon as it succeeds, and blames nothing later on that try", () => {
    const script = `third() { ((try == 3)) || { echo no; return 1; }; }
      try_often "reach X" third
      echo the log goes on
      false`;
    expect(machine.boot(script)).toBe(1);
    expect(said()).toEqual([
      "could not reach X, try 1 of 60: no",
      "could not reach X, try 2 of 60: no",
      "this machine could not be configured: the log goes on",
    ]);
  });

  it("says that there was no answer in time, and of a command without words its status", () => {
    machine.boot('late() { echo asking; return 124; }\ntry_often "reach X" late');
    expect(said()[0]).toBe("could not reach X, try 1 of 60: no answer in time; asking");
    machine.remove();
    machine = new BootMachine();
    machine.boot('mute() { return 7; }\ntry_often "mount X" mute');
    expect(said()[0]).toBe("could not mount X, try 1 of 60: status 7");
  });
});

describe("at the end of the script", () => {
  it("a machine that is set up says so, and leaves no note", () => {
    expect(machine.boot('note="$PWD/n1.failed"')).toBe(0);
    expect(lastWordsOf(machine.console).stage).toBe("configured");
    expect(readdirSync(machine.directory)).not.toContain("n1.failed");
  });

  it("one that failed leaves the same words on its console and, with its instance, in its note", async () => {
    const script = `note="$PWD/n1.failed"; why='no  "key" of https://me:secret@host/x:'$'\\n'look; exit 3`;
    expect(machine.boot(script)).toBe(3);
    const words = 'no "key" of https://host/x: look';
    expect(lastWordsOf(machine.console)).toEqual({ stage: "failed", words });
    const notes = await new BootNotes(machine.directory).read(["n1"]);
    expect(notes).toEqual(new Map([["n1", { instanceOcid: INSTANCE_OCID, words }]]));
    expect(readdirSync(machine.directory)).not.toContain("n1.failed.new");
  });

  it("words that are too long are cut, which the note survives", async () => {
    machine.boot(`note="$PWD/n1.failed"; why=$(printf 'x%.0s' {1..3000}); exit 1`);
    const notes = await new BootNotes(machine.directory).read(["n1"]);
    expect(notes.get("n1")?.words).toBe("x".repeat(300));
  });

  it("no note is left before there is a place, nor half of one on a file system that is full", () => {
    expect(machine.boot("why=early; exit 1")).toBe(1);
    symlinkSync("/dev/full", join(machine.directory, "n1.failed.new"));
    expect(machine.boot('note="$PWD/n1.failed"; why=late; exit 1')).toBe(1);
    expect(readdirSync(machine.directory)).not.toContain("n1.failed");
    expect(lastWordsOf(machine.console)).toEqual({ stage: "failed", words: "late" });
  });

  it("the log's last lines are on the console, without whatever a URL has before its host", () => {
    machine.boot(`for i in {1..50}; do echo "line $i"; done
      echo "ansible-pull --url https://me:secret@host/x.git --checkout v1"
      exit 1`);
    expect(machine.console).toContain("ansible-pull --url https://host/x.git --checkout v1\n");
    expect(machine.console).not.toContain("secret");
    expect(machine.console).toMatch(/^line 12$/m);
    expect(machine.console).not.toMatch(/^line 11$/m);
    expect(machine.read("log")).toContain("me:secret");
  });
});

describe("run_playbook", () => {
  /** What it says at the end when ansible-pull writes this and ends so, at the ref v9. */
  function failureOf(output: string, status = 2): string {
    const pull = `ansible-pull() { printf '%s\\n' '${output}'; return ${status}; }`;
    const run = "run_playbook compute.yml compute n1.domain http://git/citc.git v9 1800";
    // What stands in the log before is not of this run.
    expect(machine.boot(`echo 'PLAY [before] ***'\n${pull}\n${run}`)).toBe(status);
    const { stage, words } = lastWordsOf(machine.console);
    expect(stage).toBe("failed");
    return words;
  }

  it("says what it waits for and what it runs, by which a machine that is still at it is known", () => {
    expect(machine.boot("ansible-pull() { :; }; run_playbook c.yml compute n1 URL v9 9")).toBe(0);
    expect(said()).toEqual([
      "waiting for URL",
      "running ansible/c.yml of v9",
      "this machine is configured",
    ]);
    expect(machine.read("inventory")).toContain("[compute]\nn1 ansible_connection=local\n");
    const message = `the last 3 boots of image x failed, not ready in time: ${said()[1] ?? ""}`;
    expect(bootRemedy(message, "").text).toContain("boot_limit_seconds");
  });

  it("names the ref that is not in the repository, so that status can say what to push", () => {
    const words = failureOf('localhost | FAILED! => {\n    "msg": "Failed to checkout v9"\n}');
    expect(words).toBe(
      "no ansible/compute.yml of v9 from http://git/citc.git: Failed to checkout v9",
    );
    const message = `the last 3 boots of image x failed, not configured: ${words}`;
    expect(bootRemedy(message, "").text).toContain("push ansible/compute.yml of v9 to");
  });

  it("names the task that failed", () => {
    const task = 'TASK [munge : Check] ***\nfatal: [n1]: FAILED! => {"msg": "no key"}';
    expect(failureOf(`PLAY [compute] ***\n${task}`)).toBe("munge : Check: no key");
  });

  it("says that its time was up, and at which task", () => {
    expect(failureOf("PLAY [compute] ***\nTASK [a : b] ***", 124)).toBe(
      "ansible/compute.yml took longer than 1800 s: its last task was a : b",
    );
  });
});
