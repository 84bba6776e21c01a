import { nearestNames } from "../../nodectl/domain/edit-distance.ts";
import type { Positioned } from "../../nodectl/domain/positioned.ts";
import type { Findings } from "./findings.ts";
import {
  isSecretName,
  looksLikePrivateKey,
  PRIVATE_KEY_FIX,
  PRIVATE_KEY_MESSAGE,
  SECRET_FIX,
  SECRET_MESSAGE,
} from "./secrets.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = "CITC_";

/** Names the file itself, so that it is no setting in it. */
export const FILE_VARIABLE = `${PREFIX}CLUSTER_FILE`;

/** `management.shape` is CITC_MANAGEMENT_SHAPE. */
export function variableOf(key: string): string {
  return `${PREFIX}${key.replaceAll(".", "_").toUpperCase()}`;
}

/** The text of a variable as the file's reader would give it. A list is separated by commas or line ends. */
export function positionedOf(text: string, isList: boolean): Positioned {
  const scalar = (source: string): Positioned => {
    const value = source === "" ? null : source;
    return { kind: "scalar", line: 1, value, source, isQuoted: false };
  };
  const items = text
    .split(/[,\n]/)
    .map((item) => item.trim())
    .filter((item) => item !== "");
  return isList && items.length > 1
    ? { kind: "list", line: 1, items: items.map(scalar) }
    : scalar(text.trim());
}

/** Reports variables with our prefix that are no settings. Only doubtful: another program may use the prefix. */
export function checkVariables(
  environment: Environment,
  keys: readonly string[],
  findings: Findings,
): void {
  const known = [...keys.map(variableOf), FILE_VARIABLE];
  for (const [variable, text] of Object.entries(environment)) {
    const place = { file: variable };
    if (!variable.startsWith(PREFIX)) continue;
    if (looksLikePrivateKey(text ?? "")) {
      findings.refuse(place, PRIVATE_KEY_MESSAGE, PRIVATE_KEY_FIX);
    } else if (known.includes(variable)) {
      continue;
    } else if (isSecretName(variable.slice(PREFIX.length))) {
      findings.refuse(place, SECRET_MESSAGE, SECRET_FIX);
    } else {
      const nearest = nearestNames(variable, known).join(" or ");
      const fix = nearest === "" ? "unset it if it was meant for us" : `did you mean ${nearest}?`;
      findings.warn(place, "this variable is no setting", fix);
    }
  }
}
