import { startnodeText, type FailedNode } from "./failed-node.ts";
import { groupBy } from "./group-by.ts";
import { localIsoTime } from "./local-time.ts";
import type { ResumeJobs } from "./resume-jobs.ts";

/** One sentence for the users of some jobs. */
export interface JobNotice {
  readonly jobIds: readonly number[];
  readonly text: string;
}

/**
 * What to tell the jobs that lost nodes: of each job's failures the one that lasts longest. Jobs with the same words share
 * a notice, so that a thousand of them cost a few calls.
 */
export function jobNotices(
  failures: readonly FailedNode[],
  { jobsOf }: ResumeJobs,
  retryAtMsIfUnknown: number,
): readonly JobNotice[] {
  const failuresOf = groupBy(
    failures.flatMap((failure) =>
      jobsOf(failure.nodeName).map(({ jobId }) => ({ jobId, failure })),
    ),
    ({ jobId }) => jobId,
  );
  const told = [...failuresOf].map(([jobId, entries]) => {
    const timeOf = ({ retryAtMs = retryAtMsIfUnknown }: FailedNode): number => retryAtMs;
    const worst = entries
      .map(({ failure }) => failure)
      .reduce((a, b) => (timeOf(b) > timeOf(a) ? b : a));
    return { jobId, text: noticeText(worst.reason, timeOf(worst)) };
  });
  return [...groupBy(told, ({ text }) => text)].map(([text, jobs]) => ({
    jobIds: jobs.map(({ jobId }) => jobId),
    text,
  }));
}

/** "No machine" comes first: listings cut the end. */
function noticeText(reason: string, retryAtMs: number): string {
  const time = localIsoTime(retryAtMs).slice(0, 16).replace("T", " ");
  return `${startnodeText(`no machine to be had: ${reason}`)}; next try after ${time}`;
}
