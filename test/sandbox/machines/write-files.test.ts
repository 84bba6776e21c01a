import { expect, test } from "vitest";
import { parseAccounts } from "./write-files.ts";

test("parseAccounts() reads passwd, its last line break included", () => {
  const accounts = parseAccounts(
    "root:x:0:0:root:/root:/bin/bash\nmunge:x:100:101::/nonexistent:/usr/sbin/nologin\n",
  );
  expect([...accounts]).toEqual([
    ["root", { uid: 0, gid: 0 }],
    ["munge", { uid: 100, gid: 101 }],
  ]);
});
