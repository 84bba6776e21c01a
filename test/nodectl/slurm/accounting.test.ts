import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createAccounting } from "../../../nodectl/slurm/accounting.ts";
import { silentLog } from "../commands/silent-log.ts";

/**
 * Keeps accounts and associations in files, and answers as sacctmgr of 24.11.5 does: it ends with 1 for what is there or was not.
 * While there is a file named away, slurmdbd is; while there is one named race, somebody else adds the same first.
 */
const SACCTMGR = String.raw`#!/bin/sh
cd "$(dirname "$0")"
echo "$*" >> calls.txt
if [ -e off ]; then
  printf 'You are not running a supported accounting_storage plugin\nOnly x is supported.\n' >&2; exit 1
fi
[ -e away ] && { echo "sacctmgr: error: Sending PersistInit msg: Invalid argument" >&2; exit 1; }
[ -e race ] && case "$*" in -i*) echo "$4 $5" | sed 's/name=//; s/account=//' >> "$3s.txt" ;; esac
case "$*" in
  "-n -P show assoc user="*) sed -n "s/^\${5#user=} //p" users.txt ;;
  "-n -P show account name="*) grep "^\${5#name=}" accounts.txt; true ;;
  "-n -P show user name="*) sed -n "s/^\(\${5#name=}\) .*/\1|/p" users.txt ;;
  "-i add account name="*)
    grep -q "^\${4#name=}" accounts.txt && { echo " Nothing new added."; exit 1; }
    echo "\${4#name=}" >> accounts.txt ;;
  "-i add user name="*)
    grep -qx "\${4#name=} \${5#account=}" users.txt && { echo "Request didn't affect anything"; exit 1; }
    echo "\${4#name=} \${5#account=}" >> users.txt ;;
  "-i delete user name="*" account="*) sed -i "/^\${4#name=} \${5#account=}$/d" users.txt ;;
  "-i delete user name="*) sed -i "/^\${4#name=} /d" users.txt ;;
esac
`.replaceAll("\\$", "$");

let bin: string;
beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), "sacctmgr-"));
  for (const [name, text] of [
    ["sacctmgr", SACCTMGR],
    ["scancel", '#!/bin/sh\necho "$*" >> "$(dirname "$0")/calls.txt"\n'],
  ] as const) {
    writeFileSync(join(bin, name), text);
    chmodSync(join(bin, name), 0o755);
  }
  for (const name of ["calls", "users", "accounts"]) set(`${name}.txt`);
});
afterEach(() => {
  rmSync(bin, { recursive: true });
});

function set(name: string, text = ""): void {
  writeFileSync(join(bin, name), text);
}

function read(name: string): string {
  return readFileSync(join(bin, `${name}.txt`), "utf8");
}

let warnings: string[];

function accounting() {
  warnings = [];
  const log = { ...silentLog, warn: (event: string) => void warnings.push(event) };
  return createAccounting({
    ...{ binDirectory: bin, slurmConf: "/etc/slurm/slurm.conf", log, deadlineMs: 1000 },
    clock: { now: () => 0, sleep: () => Promise.resolve() },
  });
}

describe("associate()", () => {
  it("makes the account and the user in it, and the second time neither", async () => {
    expect(await accounting().associate("ada", "users")).toBe("done");
    expect(await accounting().associate("ada", "users")).toBe("done");
    expect([read("accounts"), read("users")]).toEqual(["users\n", "ada users\n"]);
  });

  it("keeps the associations that there are", async () => {
    set("users.txt", "ada maths\n");
    set("accounts.txt", "maths\nusers\n");
    expect(await accounting().associate("ada", "users")).toBe("done");
    expect(read("users")).toBe("ada maths\nada users\n");
    expect(read("calls")).not.toContain("add account");
  });

  it("is content when somebody else has added the same meanwhile", async () => {
    set("race");
    expect(await accounting().associate("ada", "users")).toBe("done");
  });

  it("says that accounting is off", async () => {
    set("off");
    expect(await accounting().associate("ada", "users")).toBe("off");
    expect(await accounting().accountsOf("ada")).toEqual({ kind: "off" });
    expect(await accounting().removeAssociation("ada", "users")).toBe("off");
    expect(await accounting().removeAssociations("ada")).toBe("off");
  });

  it("throws sacctmgr's words when slurmdbd is away", async () => {
    set("away");
    await expect(accounting().associate("ada", "users")).rejects.toThrow(/PersistInit/);
  });

  it("logs that it is slurmdbd that does not answer, while it asks again", async () => {
    writeFileSync(join(bin, "sacctmgr"), "#!/bin/sh\necho 'Connection refused' >&2\nexit 1\n");
    await expect(accounting().accountsOf("ada")).rejects.toThrow(/Connection refused/);
    expect(warnings.length).toBeGreaterThan(0);
    expect(new Set(warnings)).toEqual(new Set(["slurmdbd did not answer"]));
  });
});

describe("accountsOf()", () => {
  it("names each account once, and none of somebody who is not there", async () => {
    set("users.txt", "ada users\nada maths\nada maths\nbob users\n");
    const accounts = (name: string) => accounting().accountsOf(name);
    expect(await accounts("ada")).toEqual({ kind: "on", accounts: ["users", "maths"] });
    expect(await accounts("eve")).toEqual({ kind: "on", accounts: [] });
  });
});

describe("removeAssociation()", () => {
  it("leaves the others, and the user while there are any", async () => {
    set("users.txt", "ada maths\nada users\nbob users\n");
    expect(await accounting().removeAssociation("ada", "users")).toBe("done");
    expect(read("users")).toBe("ada maths\nbob users\n");
    expect(await accounting().removeAssociation("ada", "users")).toBe("nothing");
  });

  it("removes the user with the last one", async () => {
    set("users.txt", "ada users\nbob users\n");
    expect(await accounting().removeAssociation("ada", "users")).toBe("done");
    expect(read("users")).toBe("bob users\n");
    expect(read("calls")).toContain("-i delete user name=ada\n");
  });
});

describe("removeAssociations()", () => {
  it("removes the user with all of them, and says when there was none", async () => {
    set("users.txt", "ada users\nada maths\nbob users\n");
    expect(await accounting().removeAssociations("ada")).toBe("done");
    expect(read("users")).toBe("bob users\n");
    expect(await accounting().removeAssociations("ada")).toBe("nothing");
  });
});

describe("cancelJobs()", () => {
  it("names the jobs, 500 a call, and asks for none in none", async () => {
    await accounting().cancelJobs([]);
    expect(read("calls")).toBe("");
    await accounting().cancelJobs(Array.from({ length: 501 }, (_, index) => String(index)));
    const calls = read("calls").trim().split("\n");
    expect(calls.map((call) => call.split(" ").length)).toEqual([501, 2]);
    expect(calls[1]).toBe("--quiet 500");
  });
});
