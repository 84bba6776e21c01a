import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readRegionFile } from "./region-file.ts";
import { createRegion } from "./region.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "region-file-"));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
});

async function read(text: string) {
  const file = join(directory, "region.json");
  await writeFile(file, text);
  return readRegionFile(file);
}

describe("a region file", () => {
  it("describes a region in part; the rest keeps its default", async () => {
    const options = await read(
      JSON.stringify({
        name: "eu-frankfurt-1",
        key: "fra",
        adRoot: "abcd:EU-FRANKFURT-1-AD-",
        adCount: 2,
        vcnCidr: "10.4.0.0/16",
        subnets: [{ name: "main", cidr: "10.4.0.0/24", isPublicIpProhibited: false }],
      }),
    );
    const region = createRegion(options);
    expect(region.availabilityDomains).toEqual([
      "abcd:EU-FRANKFURT-1-AD-1",
      "abcd:EU-FRANKFURT-1-AD-2",
    ]);
    expect(region.subnets).toMatchObject([{ name: "main", cidr: "10.4.0.0/24", dnsLabel: "main" }]);
    expect(region.subnets[0]?.ocid).toMatch(/^ocid1\.subnet\.oc1\.fra\./);
    expect(region.compartments).toHaveLength(2);
  });

  it.each([
    ["{", /is not JSON/],
    ["[]", /must be an object/],
    ['{"regoin": 1}', /regoin: is unknown/],
    ['{"name": 1}', /name: must be a string/],
    ['{"key": "phoenix"}', /key: "phoenix"; write three letters/],
    ['{"adCount": 0}', /adCount: 0; write a whole number from 1 to 10/],
    ['{"vcnCidr": "10.0.0.1/16"}', /vcnCidr: "10\.0\.0\.1\/16"; write a block/],
    ['{"subnets": []}', /subnets: \[\]; write a list/],
    ['{"subnets": [{"name": "a"}]}', /subnets\.0\.cidr: is missing/],
    ['{"subnets": [{"name": "a", "cidr": "10.9.0.0/24"}]}', /inside the VCN/],
    [
      '{"subnets": [{"name": "a", "cidr": "10.0.0.0/20"}, {"name": "b", "cidr": "10.0.4.0/24"}]}',
      /subnets\.1\.cidr: "10\.0\.4\.0\/24"; write a block that no other subnet has/,
    ],
    ['{"compartmentNames": []}', /compartmentNames/],
  ])("that reads %s is refused", async (text, message) => {
    const reading = read(text);
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toThrow(/region\.json: /);
  });

  it("that is not there is refused with its name", async () => {
    await expect(readRegionFile("/nonexistent.json")).rejects.toThrow(/nonexistent\.json.*ENOENT/);
  });
});

describe("createRegion()", () => {
  it("gives other OCIDs for another seed, and the same for the same", () => {
    const [first, again, other] = ["a", "a", "b"].map((seed) => createRegion({ seed }));
    expect(first).toEqual(again);
    expect(first?.subnets[0]?.ocid).not.toBe(other?.subnets[0]?.ocid);
  });
});
