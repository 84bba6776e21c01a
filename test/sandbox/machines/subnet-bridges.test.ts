import { expect, test } from "vitest";
import { createRegion } from "../api/region.ts";
import { planBridges } from "./subnet-bridges.ts";

test("planBridges() gives every subnet a bridge with its virtual router's address", () => {
  const { subnets } = createRegion({
    subnets: [
      { name: "averylongnameforasubnet", cidr: "10.0.0.0/20" },
      { name: "b", cidr: "10.0.16.0/24" },
    ],
  });
  expect(planBridges(subnets)).toEqual([
    {
      subnetOcid: subnets[0]?.ocid,
      device: "subnet0",
      routerAddress: "10.0.0.1",
      prefixLength: 20,
    },
    {
      subnetOcid: subnets[1]?.ocid,
      device: "subnet1",
      routerAddress: "10.0.16.1",
      prefixLength: 24,
    },
  ]);
});
