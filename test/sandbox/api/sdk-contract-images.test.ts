import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { refusalOf, startTestBench, type TestBench } from "./test-bench.ts";

const RECORD_MS = 60_000;

let bench: TestBench;
let compartmentId: string;

beforeEach(async () => {
  bench = await startTestBench({ terminatedRecordMs: RECORD_MS });
  compartmentId = bench.compartmentId;
});
afterEach(async () => {
  await bench.close();
});

async function make(body: object): Promise<string> {
  const answer = await bench.control("POST", "/control/images", body);
  expect(answer.status).toBe(200);
  return (answer.body as { imageOcid: string }).imageOcid;
}

async function listed(request: object = {}) {
  const { items } = await bench.compute.listImages({ compartmentId, ...request });
  return items.filter((image) => image.compartmentId === compartmentId);
}

describe("a custom image", () => {
  it("is listed beside Oracle's, with its tags, in its compartment only", async () => {
    const freeformTags = { cluster: "mouse" };
    const id = await make({ displayName: "compute-v1", freeformTags });
    const [image] = await listed();
    expect(image).toMatchObject({
      ...{
        id,
        compartmentId,
        displayName: "compute-v1",
        freeformTags,
        lifecycleState: "AVAILABLE",
      },
      baseImageId: bench.region.images[0]?.ocid,
    });
    expect(await listed({ displayName: "other" })).toEqual([]);
    expect(await listed({ lifecycleState: "DELETED" })).toEqual([]);
    const elsewhere = { compartmentId: bench.region.compartments[1]?.ocid ?? "" };
    const { items } = await bench.compute.listImages(elsewhere);
    expect(items).toHaveLength(bench.region.images.length);
    expect((await bench.compute.getImage({ imageId: id })).image).toEqual(image);
  });

  it("is DELETED at once, and listed for a while", async () => {
    const imageId = await make({ displayName: "compute-v1" });
    await bench.compute.deleteImage({ imageId });
    expect((await listed()).map(({ lifecycleState }) => lifecycleState)).toEqual(["DELETED"]);
    expect(await refusalOf(bench.compute.deleteImage({ imageId }))).toMatchObject({ status: 404 });
    bench.clock.advance(RECORD_MS);
    expect(await listed()).toEqual([]);
    expect(await refusalOf(bench.compute.getImage({ imageId }))).toMatchObject({ status: 404 });
  });

  it("cannot be deleted while it is made, and Oracle's cannot be at all", async () => {
    const imageId = await make({ displayName: "v2", lifecycleState: "PROVISIONING" });
    expect(await refusalOf(bench.compute.deleteImage({ imageId }))).toMatchObject({
      ...{ status: 409, code: "IncorrectState" },
    });
    const platform = bench.region.images[0]?.ocid ?? "";
    const refusal = refusalOf(bench.compute.deleteImage({ imageId: platform }));
    expect(await refusal).toMatchObject({ status: 404, code: "NotAuthorizedOrNotFound" });
  });

  it("can be launched from, and shapes be listed for it, while it is AVAILABLE", async () => {
    const listShapes = async (imageId: string): Promise<string[]> => {
      const { items } = await bench.compute.listShapes({ compartmentId, imageId });
      return items.map(({ shape }) => shape);
    };
    const launch = (imageId: string, name: string): Promise<unknown> =>
      bench.launch(name, undefined, { sourceDetails: { sourceType: "image", imageId } });
    const imageId = await make({ displayName: "v1" });
    await launch(imageId, "n1");
    const [instance] = (await bench.compute.listInstances({ compartmentId })).items;
    expect(instance).toMatchObject({ displayName: "n1", sourceDetails: { imageId } });
    expect(await listShapes(imageId)).toEqual(await listShapes(bench.region.images[0]?.ocid ?? ""));

    const unfinished = await make({ displayName: "v2", lifecycleState: "PROVISIONING" });
    await bench.compute.deleteImage({ imageId });
    for (const ocid of [unfinished, imageId]) {
      expect(await refusalOf(launch(ocid, "n2"))).toMatchObject({ status: 404 });
      expect(await refusalOf(listShapes(ocid))).toMatchObject({ status: 404 });
    }
  });

  it("must have a name and a state that there is", async () => {
    for (const body of [{}, { displayName: "x", lifecycleState: "GONE" }]) {
      expect((await bench.control("POST", "/control/images", body)).status).toBe(400);
    }
  });
});
