import { expect, test } from "vitest";
import { watch, type Screen } from "../../../../nodectl/cli/citc/watch.ts";
import { VirtualClock } from "../../commands/virtual-clock.ts";

/** A screen that keeps what was drawn, and ends when that is what the test wants. */
function recordingScreen() {
  const ending = new AbortController();
  const drawn: string[] = [];
  let redraw = (): void => undefined;
  const screen: Screen = {
    draw: (lines) => drawn.push(lines.join("\n")),
    onResize: (listener) => {
      redraw = listener;
    },
    ended: ending.signal,
  };
  const resize = (): void => {
    redraw();
  };
  return { screen, drawn, ending, resize };
}

const describeCount = (count: number): readonly string[] => [`look ${count}`];

test("looks, draws and pauses until the end, and each pause begins when the look has ended", async () => {
  const { screen, drawn, ending } = recordingScreen();
  const clock = new VirtualClock(0);
  const startsMs: number[] = [];
  const look = async (): Promise<number> => {
    startsMs.push(clock.now());
    await clock.sleep(4_000);
    if (startsMs.length === 3) ending.abort();
    return startsMs.length;
  };
  await watch({ look, describe: describeCount, screen, clock, pauseMs: 15_000 });
  expect(startsMs).toEqual([0, 19_000, 38_000]);
  expect(drawn).toEqual(["Looking at Slurm and OCI …", "look 1", "look 2"]);
});

test("another size of the terminal redraws what was seen last, without another look", async () => {
  const { screen, drawn, ending, resize } = recordingScreen();
  const clock = new VirtualClock(0);
  let looks = 0;
  const pausing = {
    now: () => clock.now(),
    sleep: () => {
      resize();
      ending.abort();
      return clock.sleep(1);
    },
  };
  const look = () => Promise.resolve(++looks);
  await watch({ look, describe: describeCount, screen, clock: pausing, pauseMs: 1 });
  expect(drawn.slice(1)).toEqual(["look 1", "look 1"]);
  expect(looks).toBe(1);
});

test("the end does not wait for a look that hangs", async () => {
  const { screen, ending } = recordingScreen();
  const look = (): Promise<number> => {
    ending.abort();
    return new Promise(() => undefined);
  };
  await watch({ look, describe: describeCount, screen, clock: new VirtualClock(), pauseMs: 1 });
});

test("what a look throws is not hidden", async () => {
  const { screen } = recordingScreen();
  const look = () => Promise.reject(new Error("no nodes.json"));
  const watching = watch({
    ...{ look, describe: describeCount, screen },
    ...{ clock: new VirtualClock(), pauseMs: 1 },
  });
  await expect(watching).rejects.toThrow("no nodes.json");
});
