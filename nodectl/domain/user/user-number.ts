import { invalid, type Reading } from "./reading.ts";

/** Below are the system's accounts, those of the image (opc) and room for accounts that an admin makes locally. */
export const NUMBER_FIRST = 10_000;
/** 60001 and up are systemd's and nobody's (systemd.io, "Users, Groups, UIDs and GIDs"). */
const NUMBER_LAST = 59_999;
/** An old cluster's users may keep theirs: login.defs(5), UID_MIN. */
const GIVEN_MIN = 1000;
const GIVEN_HIGH_MIN = 65_536;
const GIVEN_MAX = 2_000_000_000;

export const NUMBER_RULE = `${GIVEN_MIN} to ${NUMBER_LAST}, or ${GIVEN_HIGH_MIN} to ${GIVEN_MAX}`;

/** A number that somebody asks for. */
export function readUserNumber(text: string): Reading<number> {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  const isLow = number >= GIVEN_MIN && number <= NUMBER_LAST;
  if (isLow || (number >= GIVEN_HIGH_MIN && number <= GIVEN_MAX)) {
    return { kind: "valid", value: number };
  }
  return invalid(`${JSON.stringify(text.slice(0, 20))} is no user's number; write ${NUMBER_RULE}`);
}

/**
 * The number after the highest that is in use, so that files of somebody who was removed do not become a new user's; the
 * lowest free one when that range is used up. Undefined when all are in use.
 */
export function nextNumber(used: ReadonlySet<number>): number | undefined {
  const ours = [...used].filter((number) => number >= NUMBER_FIRST && number <= NUMBER_LAST);
  const next = ours.reduce((highest, number) => Math.max(highest, number), NUMBER_FIRST - 1) + 1;
  if (next <= NUMBER_LAST) return next;
  for (let number = NUMBER_FIRST; number <= NUMBER_LAST; number += 1) {
    if (!used.has(number)) return number;
  }
  return undefined;
}
