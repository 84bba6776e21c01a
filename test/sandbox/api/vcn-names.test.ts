import { expect, it } from "vitest";
import { checkLaunch } from "./check-launch.ts";
import { nodeBody, testCloud } from "./test-bench.ts";
import { addressOfName } from "./vcn-names.ts";

it("names an instance by its label, in the domain of its subnet alone, until it is gone", () => {
  const { cloud, clock } = testCloud({ bootMs: 10, terminateMs: 10 });
  const record = cloud.launch(checkLaunch(nodeBody(cloud.region, "Node-1"), cloud.region));
  const address = record.vnic.ipAddress;
  expect(addressOfName(cloud, "node-1.clustera.sandbox.oraclevcn.com")).toBe(address);
  expect(addressOfName(cloud, "NODE-1.ClusterA.sandbox.oraclevcn.com")).toBe(address);
  expect(addressOfName(cloud, "node-1.clusterb.sandbox.oraclevcn.com")).toBeUndefined();
  expect(addressOfName(cloud, "node-1")).toBeUndefined();
  expect(addressOfName(cloud, "node-1.clustera.example.com")).toBeUndefined();
  cloud.terminate(record);
  clock.advance(20);
  cloud.advance();
  expect(addressOfName(cloud, "node-1.clustera.sandbox.oraclevcn.com")).toBeUndefined();
});

it("has the virtual router stand for a subnet's file server", () => {
  const { cloud } = testCloud();
  const name = "fileserver.clusterb.sandbox.oraclevcn.com";
  expect(addressOfName(cloud, name)).toBe("10.0.16.1");
});
