import { expect, test } from "vitest";
import {
  cutHostlist,
  cutLines,
  cutText,
  wrapText,
} from "../../../../nodectl/commands/status/text.ts";

test("text breaks at spaces, and a word that is too long anywhere", () => {
  expect(wrapText("one two three", 7)).toEqual(["one two", "three"]);
  expect(wrapText("abcdefghij k", 4)).toEqual(["abcd", "efgh", "ij k"]);
  expect(wrapText("", 4)).toEqual([""]);
});

test("a hostlist is cut behind a whole range", () => {
  expect(cutHostlist("a-[0001,0003-0004,0006]", 40)).toBe("a-[0001,0003-0004,0006]");
  expect(cutHostlist("a-[0001,0003-0004,0006]", 19)).toBe("a-[0001,0003-0004,…");
  expect(cutHostlist("a-[0001,0003-0004,0006]", 15)).toBe("a-[0001,…");
  expect(cutHostlist("abcdefgh", 4)).toBe("abc…");
});

test("what is cut says so", () => {
  expect(cutText("abcdef", 4)).toBe("abc…");
  expect(cutLines(["abc", "def", "ghi"], 2)).toEqual(["abc", "de…"]);
  expect(cutLines(["abc"], 2)).toEqual(["abc"]);
});
