import { invalid, type Reading } from "./reading.ts";

/**
 * Below are the system's accounts, those of the image (opc) and room for accounts that an admin makes locally: no machine's sssd
 * takes a lower one from the directory (role sssd, sssd_id_min).
 */
export const NUMBER_FIRST = 10_000;
/** 60001 and up are systemd's and nobody's (systemd.io, "Users, Groups, UIDs and GIDs"). */
const NUMBER_LAST = 59_999;
const GIVEN_HIGH_MIN = 65_536;
const GIVEN_MAX = 2_000_000_000;

export const NUMBER_RULE = `${NUMBER_FIRST} to ${NUMBER_LAST}, or ${GIVEN_HIGH_MIN} to ${GIVEN_MAX}`;

/** A number that somebody asks for. */
export function readUserNumber(text: string): Reading<number> {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  const isLow = number >= NUMBER_FIRST && number <= NUMBER_LAST;
  if (isLow || (number >= GIVEN_HIGH_MIN && number <= GIVEN_MAX)) {
    return { kind: "valid", value: number };
  }
  if (number < NUMBER_FIRST)
    return invalid(
      `${number} is a machine's own number, as all below ${NUMBER_FIRST}, and none is taken from the directory; write ${NUMBER_RULE}, or none, and chown -R to it what the user has`,
    );
  return invalid(`${JSON.stringify(text.slice(0, 20))} is no user's number; write ${NUMBER_RULE}`);
}

/**
 * The number after the highest that is or was somebody's, so that files and processes of somebody who was removed do not become
 * a new user's; the lowest free one when that range is used up. Undefined when there is none.
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
