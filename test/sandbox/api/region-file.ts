import { readFile } from "node:fs/promises";
import type { FieldProblems } from "./field-reader.ts";
import { FieldReader } from "./field-reader.ts";
import { blockContains, parseBlock } from "./ipv4.ts";
import type { RegionOptions, SubnetOption } from "./region.ts";

/** What is wrong with a region file: one sentence that names file, field, value and what to write. */
export class RegionFileError extends Error {
  override readonly name = "RegionFileError";
}

const REGION_FIELDS = [
  "name",
  "key",
  "adRoot",
  "adCount",
  "compartmentNames",
  "vcnCidr",
  "subnets",
];
const SUBNET_FIELDS = ["name", "cidr", "isPublicIpProhibited"];
const AD_COUNT_MAX = 10;
const LIST_LENGTH_MAX = 100;

/** Reads the options of a region from a JSON file; every one may be absent. Throws RegionFileError. */
export async function readRegionFile(file: string): Promise<RegionOptions> {
  const text = await readText(file);
  const fields = FieldReader.open(parseJson(file, text), "", REGION_FIELDS, problemsOf(file));
  const options: RegionOptions = {
    ...textOption(file, fields, "name", /^[a-z]+-[a-z]+-\d$/, "a name such as us-phoenix-1"),
    ...textOption(file, fields, "key", /^[a-z]{3}$/, "three letters such as phx"),
    ...textOption(file, fields, "adRoot", /^\S+-$/, "a prefix such as Uocm:PHX-AD-"),
    ...adCountOption(file, fields),
    ...compartmentsOption(file, fields),
    ...cidrOption(file, fields),
    ...subnetsOption(file, fields),
  };
  checkSubnets(file, options);
  return options;
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    const message = `${file}: cannot be read (${code}); name a JSON file that you may read`;
    throw new RegionFileError(message, { cause: error });
  }
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new RegionFileError(`${file}: is not JSON (${detail})`, { cause: error });
  }
}

function problemsOf(file: string): FieldProblems {
  return {
    missing: (path) => new RegionFileError(`${file}: ${path}: is missing`),
    wrongType: (path, expected) => new RegionFileError(`${file}: ${path}: must be ${expected}`),
    unknown: (path) =>
      new RegionFileError(
        `${file}: ${path}: is unknown; the fields are ${REGION_FIELDS.join(", ")}, and of a subnet ${SUBNET_FIELDS.join(", ")}`,
      ),
  };
}

function refuse(file: string, key: string, value: unknown, fix: string): never {
  throw new RegionFileError(`${file}: ${key}: ${JSON.stringify(value)}; write ${fix}`);
}

function textOption<Key extends "name" | "key" | "adRoot">(
  file: string,
  fields: FieldReader,
  key: Key,
  pattern: RegExp,
  fix: string,
): { readonly [K in Key]?: string } {
  const value = fields.string(key);
  if (value === undefined) return {};
  if (!pattern.test(value)) refuse(file, key, value, fix);
  return { [key]: value } as { [K in Key]?: string };
}

function adCountOption(file: string, fields: FieldReader): Pick<RegionOptions, "adCount"> {
  const adCount = fields.number("adCount");
  if (adCount === undefined) return {};
  if (!Number.isInteger(adCount) || adCount < 1 || adCount > AD_COUNT_MAX) {
    refuse(file, "adCount", adCount, `a whole number from 1 to ${AD_COUNT_MAX}`);
  }
  return { adCount };
}

function compartmentsOption(
  file: string,
  fields: FieldReader,
): Pick<RegionOptions, "compartmentNames"> {
  const compartmentNames = fields.stringList("compartmentNames");
  if (compartmentNames === undefined) return {};
  if (compartmentNames.length < 1 || compartmentNames.length > LIST_LENGTH_MAX) {
    refuse(file, "compartmentNames", compartmentNames, `1 to ${LIST_LENGTH_MAX} names`);
  }
  return { compartmentNames };
}

function cidrOption(file: string, fields: FieldReader): Pick<RegionOptions, "vcnCidr"> {
  const vcnCidr = fields.string("vcnCidr");
  if (vcnCidr === undefined) return {};
  checkCidr(file, "vcnCidr", vcnCidr);
  return { vcnCidr };
}

function checkCidr(file: string, key: string, cidr: string): void {
  if (parseBlock(cidr) !== undefined) return;
  refuse(file, key, cidr, "a block of /16 to /30 without host bits, such as 10.0.0.0/20");
}

function subnetsOption(file: string, fields: FieldReader): Pick<RegionOptions, "subnets"> {
  const list = fields.raw("subnets");
  if (list === undefined) return {};
  if (!Array.isArray(list) || list.length < 1 || list.length > LIST_LENGTH_MAX) {
    return refuse(file, "subnets", list, `a list of 1 to ${LIST_LENGTH_MAX} subnets`);
  }
  return { subnets: list.map((item, index) => readSubnet(file, item, index)) };
}

function readSubnet(file: string, value: unknown, index: number): SubnetOption {
  const path = `subnets.${index}`;
  const fields = FieldReader.open(value, path, SUBNET_FIELDS, problemsOf(file));
  const cidr = fields.requiredString("cidr");
  checkCidr(file, `${path}.cidr`, cidr);
  const isPublicIpProhibited = fields.boolean("isPublicIpProhibited");
  return {
    name: fields.requiredString("name"),
    cidr,
    ...(isPublicIpProhibited === undefined ? {} : { isPublicIpProhibited }),
  };
}

/** Subnets lie in the VCN and do not overlap. */
function checkSubnets(
  file: string,
  { vcnCidr = "10.0.0.0/16", subnets = [] }: RegionOptions,
): void {
  const vcn = parseBlock(vcnCidr);
  const blocks = subnets.map((subnet) => parseBlock(subnet.cidr));
  for (const [index, block] of blocks.entries()) {
    if (vcn === undefined || block === undefined) continue;
    const key = `subnets.${index}.cidr`;
    const cidr = subnets[index]?.cidr;
    if (!blockContains(vcn, block)) refuse(file, key, cidr, `a block inside the VCN ${vcnCidr}`);
    const overlaps = blocks.slice(0, index).some((other) => {
      return other !== undefined && (blockContains(other, block) || blockContains(block, other));
    });
    if (overlaps) refuse(file, key, cidr, "a block that no other subnet has");
  }
}
