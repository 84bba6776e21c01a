import { generateKeyPairSync } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { SecurityTokens } from "./security-tokens.ts";

const NOW_MS = Date.UTC(2026, 0, 15, 12);
const LIFE_MS = 60_000;
const OWNER = { instanceOcid: "instance", compartmentOcid: "compartment", tenancyOcid: "tenancy" };

describe("security tokens", () => {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  let tokens: SecurityTokens;
  let token: string;
  beforeAll(async () => {
    tokens = await SecurityTokens.create(LIFE_MS);
    token = tokens.issue({ owner: OWNER, publicKey }, NOW_MS);
  });

  it("carry their owner and the session's key until they expire", () => {
    const session = tokens.read(token, NOW_MS + LIFE_MS - 1);
    expect(session?.owner).toEqual(OWNER);
    expect(session?.publicKey.equals(publicKey)).toBe(true);
    expect(tokens.read(token, NOW_MS + LIFE_MS)).toBeUndefined();
  });

  it("are refused when a claim was changed, or when they are no tokens", () => {
    const [header = "", body = "", signature = ""] = token.split(".");
    const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as object;
    const longer = { ...claims, exp: 9_999_999_999 };
    const forged = Buffer.from(JSON.stringify(longer)).toString("base64url");
    expect(tokens.read(`${header}.${forged}.${signature}`, NOW_MS)).toBeUndefined();
    for (const text of ["", "a.b.c", "nonsense"]) {
      expect(tokens.read(text, NOW_MS)).toBeUndefined();
    }
  });

  it("are refused once they were revoked; later ones are not", async () => {
    const own = await SecurityTokens.create(LIFE_MS);
    const early = own.issue({ owner: OWNER, publicKey }, NOW_MS);
    own.revokeAll();
    expect(own.read(early, NOW_MS)).toBeUndefined();
    expect(own.read(own.issue({ owner: OWNER, publicKey }, NOW_MS), NOW_MS)).toBeDefined();
  });
});
