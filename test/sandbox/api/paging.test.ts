import { requests } from "oci-core";
import { afterEach, describe, expect, it } from "vitest";
import { checkLaunch } from "./check-launch.ts";
import type { CloudSettings } from "./cloud-settings.ts";
import { nodeBody, startTestBench, type TestBench } from "./test-bench.ts";

let bench: TestBench;
afterEach(async () => {
  await bench.close();
});

async function startWith(count: number, settings: Partial<CloudSettings>): Promise<void> {
  bench = await startTestBench(settings);
  for (let index = 0; index < count; index += 1) addInstance(`n${index}`);
}

function addInstance(name: string): void {
  bench.cloud.launch(checkLaunch(nodeBody(bench.region, name), bench.region));
}

type ListRequest = requests.ListInstancesRequest;
type Sort = Pick<ListRequest, "sortBy" | "sortOrder" | "limit">;
const { SortBy, SortOrder } = requests.ListInstancesRequest;

/** The display names, page by page. `between` is called after each page. */
async function listPages(sort: Sort = {}, between?: () => void): Promise<string[][]> {
  const compartmentId = bench.region.compartments[0]?.ocid ?? "";
  const pages: string[][] = [];
  let page: string | undefined;
  do {
    const request: ListRequest = {
      compartmentId,
      ...sort,
      ...(page === undefined ? {} : { page }),
    };
    const answer = await bench.compute.listInstances(request);
    pages.push(answer.items.map((one) => one.displayName ?? ""));
    page = answer.opcNextPage || undefined;
    between?.();
  } while (page !== undefined);
  return pages;
}

describe("pages of ListInstances", () => {
  it("come newest first, as large as the server allows", async () => {
    await startWith(5, { pageSizeMax: 2 });
    expect(await listPages()).toEqual([["n4", "n3"], ["n2", "n1"], ["n0"]]);
  });

  it("have no next page when the last one is just full", async () => {
    await startWith(4, { pageSizeMax: 2 });
    expect(await listPages()).toEqual([
      ["n3", "n2"],
      ["n1", "n0"],
    ]);
  });

  it("obey a smaller limit", async () => {
    await startWith(3, {});
    expect(await listPages({ limit: 1 })).toEqual([["n2"], ["n1"], ["n0"]]);
  });

  it("may be empty and have a next one", async () => {
    await startWith(3, { pageSizeMax: 2, emptyPages: true });
    expect(await listPages()).toEqual([[], ["n2", "n1"], [], ["n0"]]);
  });

  it("come in the order of names", async () => {
    await startWith(0, { pageSizeMax: 2 });
    for (const name of ["b", "c", "a"]) addInstance(name);
    expect(await listPages({ sortBy: SortBy.Displayname })).toEqual([["a", "b"], ["c"]]);
    expect(await listPages({ sortBy: SortBy.Displayname, sortOrder: SortOrder.Desc })).toEqual([
      ["c", "b"],
      ["a"],
    ]);
  });

  it("show nothing twice and skip nothing old while launches go on", async () => {
    await startWith(4, { pageSizeMax: 2 });
    let count = 4;
    const pages = await listPages({}, () => {
      addInstance(`n${count}`);
      count += 1;
    });
    expect(pages.flat()).toEqual(["n3", "n2", "n1", "n0"]);
  });

  it("of one state only", async () => {
    await startWith(2, { terminateMs: 0 });
    const [first] = bench.cloud.records;
    if (first !== undefined) bench.cloud.terminate(first);
    const compartmentId = bench.region.compartments[0]?.ocid ?? "";
    const answer = await bench.compute.listInstances({
      compartmentId,
      lifecycleState: "TERMINATED",
    });
    expect(answer.items.map((one) => one.displayName)).toEqual(["n0"]);
  });
});

it("ListPrivateIps pages through a subnet of many", async () => {
  await startWith(7, { pageSizeMax: 3 });
  const subnetId = bench.region.subnets[0]?.ocid ?? "";
  const labels: (string | undefined)[] = [];
  for await (const one of bench.network.listAllPrivateIps({ subnetId }))
    labels.push(one.hostnameLabel);
  expect(labels).toEqual(["n0", "n1", "n2", "n3", "n4", "n5", "n6"]);
});
