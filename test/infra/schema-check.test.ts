import { describe, expect, it } from "vitest";
import { findSchemaProblems, type ProviderSchema } from "./schema-check.ts";
import { findReferenceProblems } from "./schema-references.ts";
import type { JsonObject } from "./synthesized.ts";

const SCHEMA: ProviderSchema = {
  provider: { block: { attributes: { region: { type: "string", required: true } } } },
  resource_schemas: {
    oci_house: {
      block: {
        attributes: {
          id: { type: "string", computed: true },
          street: { type: "string", required: true },
          number: { type: "number", optional: true },
          is_new: { type: "bool", optional: true },
          people: { type: ["set", "string"], optional: true, computed: true },
          floors: { type: ["map", "number"], optional: true },
          owner: { type: ["object", { name: "string", age: "number" }], optional: true },
        },
        block_types: {
          doors: {
            nesting_mode: "list",
            min_items: 1,
            max_items: 2,
            block: { attributes: { width: { type: "number", required: true } } },
          },
          timeouts: {
            nesting_mode: "single",
            block: { attributes: { create: { type: "string", optional: true } } },
          },
        },
      },
    },
  },
  data_source_schemas: {
    oci_town: { block: { attributes: { name: { type: "string", required: true } } } },
  },
};

const HOUSE: JsonObject = { street: "Broad Street", doors: [{ width: 1 }] };

function problemsOf(house: JsonObject): string[] {
  return findSchemaProblems({ resource: { oci_house: { blue: house } } }, SCHEMA);
}

describe("findSchemaProblems()", () => {
  it("has nothing to say of what the provider takes", () => {
    expect(
      problemsOf({
        ...HOUSE,
        number: 7,
        is_new: true,
        people: ["Ada"],
        floors: { first: 1 },
        owner: { name: "Ada", age: 36 },
        timeouts: { create: "1m" },
        depends_on: ["oci_town.old"],
        lifecycle: { prevent_destroy: true },
      }),
    ).toEqual([]);
  });

  it("takes an expression for any type", () => {
    const expression = "${oci_house.blue.id}";
    expect(
      problemsOf({
        ...HOUSE,
        number: expression,
        people: expression,
        floors: { first: expression },
      }),
    ).toEqual([]);
  });

  it("does not take an escaped ${ for an expression", () => {
    expect(problemsOf({ ...HOUSE, number: "$${HOME}" })).toEqual([
      'oci_house.blue.number: "$${HOME}" is no number',
    ]);
  });

  it.each<[string, JsonObject, string]>([
    ["absent", { doors: [{ width: 1 }] }, "street: required, and absent"],
    ["null", { ...HOUSE, street: null }, "street: required, and absent"],
    ["unknown", { ...HOUSE, colour: "blue" }, "colour: unknown to the provider"],
    ["computed", { ...HOUSE, id: "7" }, "id: the provider sets it, it cannot be given"],
    ["a string for a number", { ...HOUSE, number: "7" }, 'number: "7" is no number'],
    ["a string for a bool", { ...HOUSE, is_new: "true" }, 'is_new: "true" is no bool'],
    ["a number for a string", { ...HOUSE, street: 7 }, "street: 7 is no string"],
    ["no list", { ...HOUSE, people: "Ada" }, 'people: "Ada" is no set'],
    ["a wrong item", { ...HOUSE, people: ["Ada", 7] }, "people[1]: 7 is no string"],
    ["no map", { ...HOUSE, floors: [1] }, "floors: [1] is no map"],
    ["a wrong value", { ...HOUSE, floors: { first: "1" } }, 'floors.first: "1" is no number'],
    ["half an object", { ...HOUSE, owner: { name: "Ada" } }, "owner.age: required, and absent"],
    [
      "too much of an object",
      { ...HOUSE, owner: { name: "Ada", age: null, hat: "red" } },
      "owner.hat: unknown to the provider",
    ],
    ["too few blocks", { street: "Broad Street" }, "doors: 0 blocks, at least 1 are needed"],
    [
      "too many blocks",
      { ...HOUSE, doors: [{ width: 1 }, { width: 1 }, { width: 1 }] },
      "doors: 3 blocks, at most 2 are allowed",
    ],
    ["a block in a block", { ...HOUSE, doors: [{}] }, "doors[0].width: required, and absent"],
    ["no block", { ...HOUSE, doors: ["${x}"] }, 'doors[0]: "${x}" is no block'],
    [
      "two single blocks",
      { ...HOUSE, timeouts: [{}, {}] },
      "timeouts: 2 blocks, at most 1 are allowed",
    ],
  ])("says what is wrong: %s", (_, house, problem) => {
    expect(problemsOf(house)).toEqual([`oci_house.blue.${problem}`]);
  });

  it("looks at data sources and providers too, and passes Terraform's own types over", () => {
    expect(
      findSchemaProblems(
        {
          resource: { oci_castle: { old: {} }, terraform_data: { id: { input: "x" } } },
          data: { oci_town: { old: {} } },
          provider: { oci: [{ region: "x" }, { alias: "home", area: "y" }] },
        },
        SCHEMA,
      ),
    ).toEqual([
      "provider.oci[1].area: unknown to the provider",
      "provider.oci[1].region: required, and absent",
      "resource oci_castle: the provider has no such type",
      "data.oci_town.old.name: required, and absent",
    ]);
  });
});

describe("findReferenceProblems()", () => {
  function problemsOfExpression(expression: string): string[] {
    return findReferenceProblems(
      {
        resource: { oci_house: { blue: HOUSE } },
        data: { oci_town: { old: { name: "x" } } },
        output: { it: { value: expression } },
      },
      SCHEMA,
    );
  }

  it.each([
    "${oci_house.blue.street}",
    "${oci_house.blue.doors[0].width}",
    "${upper(data.oci_town.old.name)}",
    "oci_house.red.street in a sentence",
  ])("has nothing to say of %s", (expression) => {
    expect(problemsOfExpression(expression)).toEqual([]);
  });

  it.each([
    ["${oci_house.red.street}", "oci_house.red.street: not in the stack"],
    ["${data.oci_house.blue.street}", "data.oci_house.blue.street: not in the stack"],
    ["${oci_house.blue.colour}", "oci_house.blue.colour: oci_house has no attribute colour"],
    ["${data.oci_town.old.street}", "data.oci_town.old.street: oci_town has no attribute street"],
  ])("says what is wrong with %s", (expression, problem) => {
    expect(problemsOfExpression(expression)).toEqual([problem]);
  });
});
