import { OUT_OF_CAPACITY, type FaultRule } from "../sandbox/api/fault-rules.ts";

/** The first availability domain has no machine for anybody. */
export const NO_CAPACITY_IN_AD_1: FaultRule = {
  operation: "LaunchInstance",
  match: { availabilityDomain: "Uocm:PHX-AD-1" },
  answer: OUT_OF_CAPACITY,
};
