import { failedBootIn } from "./boot-failures.ts";

/** What a person does about boots that fail. */
export interface BootRemedy {
  /** One clause. */
  readonly text: string;
  /** The cause is none of the image's: machines of others fail at the same, each pair of image and shape its own few. */
  readonly isShared: boolean;
}

/**
 * By how far the last machine had come. Only of one that said nothing is the image to be suspected first.
 * @param text the message about boots that failed, or a reason that names it
 * @param userDataFile what compute nodes run when they boot
 */
export function bootRemedy(text: string, userDataFile: string): BootRemedy {
  const { stage, words } = failedBootIn(text) ?? { stage: "silent", words: "" };
  switch (stage) {
    case "failed":
      return { text: failureRemedy(words, userDataFile), isShared: true };
    case "unfinished":
      return { text: delayRemedy(words), isShared: true };
    case "configured":
      return { text: UNHEARD, isShared: false };
    case "silent":
      return { text: SILENT, isShared: false };
  }
}

/** As run_playbook says it (userdata/functions.sh); a long ref may have lost its end. */
const NO_PLAYBOOK = /^no (ansible\/\S+) of (\S+)/;

function failureRemedy(words: string, userDataFile: string): string {
  const [, playbook, ref = ""] = NO_PLAYBOOK.exec(words) ?? [];
  if (playbook === undefined) {
    return "the image came up, and what it ran then failed at that: mend it on the management node or in the repository; another image that runs the same fails alike";
  }
  const name = ref.endsWith("…") ? "that ref" : ref;
  return `the image came up, and another one fails alike: push ${playbook} of ${name} to that repository, or write another ref behind REF= in ${userDataFile}`;
}

function delayRemedy(words: string): string {
  // What it says before it begins; whatever it says while it waits is another line.
  return /^(running|joining) /.test(words)
    ? "the image came up, and what it runs was not done in time: see in /root/ansible-pull.log on a node that boots what takes so long, or raise boot_limit_seconds; another image that runs the same takes as long"
    : "the image came up, and waited for that: mend the network, the server or the repository that it names; another image waits alike";
}

const UNHEARD =
  "the machine was set up, and Slurm did not hear its slurmd: before you mend the image see what /var/log/slurm/slurmctld.log says of the node, and /var/log/slurm/slurmd.log on one that boots";

const SILENT =
  "mend the image, or what it runs when it boots; another image (`image:` in limits.yaml, then finish) is tried at once";
