import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { encodeUserData, metadataBytes } from "../../../nodectl/domain/user-data.ts";

describe("encodeUserData()", () => {
  it("can be unpacked by cloud-init: base64 of gzip", () => {
    const script = "#!/bin/sh\necho grüße\n";
    expect(gunzipSync(Buffer.from(encodeUserData(script), "base64")).toString()).toBe(script);
  });

  it("carries no time and no operating system, so that one token always has one payload", () => {
    const bytes = Buffer.from(encodeUserData("x"), "base64");
    expect([...bytes.subarray(4, 8)]).toEqual([0, 0, 0, 0]);
    expect(bytes[9]).toBe(255);
  });
});

describe("metadataBytes()", () => {
  it("counts keys and values in bytes, not characters", () => {
    expect(metadataBytes({ ab: "cd", e: "ü" })).toBe(7);
  });
});
