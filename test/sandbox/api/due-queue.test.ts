import { expect, it } from "vitest";
import { DueQueue } from "./due-queue.ts";

it("DueQueue runs what is due in the order of time, then of addition", () => {
  const queue = new DueQueue();
  const ran: string[] = [];
  const times = [5, 3, 9, 3, 1, 7, 3, 8, 2, 6];
  for (const [index, dueMs] of times.entries()) {
    queue.add(dueMs, (atMs) => ran.push(`${atMs}:${index}`));
  }
  expect(queue.nextDueMs).toBe(1);
  queue.runDue(6);
  expect(ran).toEqual(["1:4", "2:8", "3:1", "3:3", "3:6", "5:0", "6:9"]);
  expect(queue.nextDueMs).toBe(7);
});

it("DueQueue runs at once what becomes due by running", () => {
  const queue = new DueQueue();
  const ran: number[] = [];
  queue.add(1, () => {
    queue.add(2, (atMs) => ran.push(atMs));
    queue.add(20, (atMs) => ran.push(atMs));
  });
  queue.runDue(10);
  expect(ran).toEqual([2]);
});
