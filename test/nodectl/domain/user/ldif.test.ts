import { describe, expect, it } from "vitest";
import {
  escapeDn,
  ldifAdd,
  ldifChange,
  ldifDelete,
  ldifLine,
  parseLdif,
} from "../../../../nodectl/domain/user/ldif.ts";

describe("ldifLine()", () => {
  it.each(["ada", "Ada Lovelace", "a:b <c> # =", "ssh-ed25519 AAAA/+= x"])(
    "writes %j as it is",
    (value) => {
      expect(ldifLine("cn", value)).toBe(`cn: ${value}`);
    },
  );

  it.each([
    " ada",
    "ada ",
    ":x",
    "<file:///etc/shadow",
    "a\nuidNumber: 0",
    "a\rb",
    "a\0b",
    "Zoë",
    "☃",
    "\ufeffx",
  ])("writes %j in base64, so that nothing in it is read as LDIF", (value) => {
    expect(ldifLine("cn", value)).toBe(`cn:: ${Buffer.from(value).toString("base64")}`);
  });
});

describe("records", () => {
  it("add, change and delete an entry", () => {
    expect(
      ldifAdd("uid=ada,ou=people", [
        ["uid", "ada"],
        ["cn", "Zoë"],
      ]),
    ).toBe("dn: uid=ada,ou=people\nchangetype: add\nuid: ada\ncn:: Wm/Dqw==\n");
    const changes = [
      { operation: "add", attribute: "key", values: ["a", "b"] },
      { operation: "replace", attribute: "lock", values: [] },
    ] as const;
    expect(ldifChange("uid=ada", changes)).toBe(
      "dn: uid=ada\nchangetype: modify\nadd: key\nkey: a\nkey: b\n-\nreplace: lock\n-\n",
    );
    expect(ldifDelete("uid=ada")).toBe("dn: uid=ada\nchangetype: delete\n");
  });
});

describe("escapeDn()", () => {
  it.each([
    ["ada", "ada"],
    ["a,ou=groups", String.raw`a\,ou\=groups`],
    [`a+b"c\\d<e>f;`, String.raw`a\+b\"c\\d\<e\>f\;`],
    [" #x ", String.raw`\ #x\ `],
    ["#x", String.raw`\#x`],
    ["a\0", String.raw`a\00`],
  ])("%j is %s", (value, escaped) => {
    expect(escapeDn(value)).toBe(escaped);
  });
});

describe("parseLdif()", () => {
  it("reads entries with several values, base64, folded lines, options and comments", () => {
    const text = `# extended LDIF\ndn: uid=a,ou=people\nuid: a\nnsSshPublicKey: one\nnsSshPublicKey:: ${Buffer.from("zwei ☃").toString("base64")}\n\n\ndn:: ${Buffer.from("uid=ë").toString("base64")}\r\ncn;lang-en: lo\r\n ng\r\nempty:\r\n\n# refldap\nref: x\n`;
    const [first, second, ...rest] = parseLdif(text);
    expect(rest).toEqual([]);
    expect(first?.attributes.get("nssshpublickey")).toEqual(["one", "zwei ☃"]);
    expect(second?.dn).toBe("uid=ë");
    expect(Object.fromEntries(second?.attributes ?? [])).toEqual({ cn: ["long"], empty: [""] });
  });

  it("reads back what it writes", () => {
    const values = [" a", "b\nc: d", "☃", "plain"];
    const text = ldifAdd(
      "uid=x",
      values.map((value) => ["v", value] as const),
    );
    expect(parseLdif(text)[0]?.attributes.get("v")).toEqual(values);
  });

  it("is empty for nothing", () => {
    expect(parseLdif("")).toEqual([]);
  });
});
