import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FLOWS, type Flow, type Party } from "../../infra/flows.ts";

const README = readFileSync(new URL("../../infra/README.md", import.meta.url), "utf8");

const PARTIES: Readonly<Record<Party, string>> = {
  management: "management",
  compute: "compute",
  fileServer: "file server",
  sshCidrs: "`ssh_cidrs`",
  internet: "anywhere",
  ociServices: "OCI's services",
};

function protocolOf({ traffic }: Flow): string {
  if (traffic.protocol === "icmp") {
    const code = traffic.code === undefined ? "" : ` code ${traffic.code}`;
    return `ICMP type ${traffic.type}${code}`;
  }
  if (traffic.protocol === "all") return "all";
  const ports = traffic.ports.map(({ min, max }) => (min === max ? `${min}` : `${min}-${max}`));
  return `${traffic.protocol.toUpperCase()} ${ports.join(", ")}`;
}

function row(flow: Flow): string {
  const from = flow.from.map((party) => PARTIES[party]).join(", ");
  return `| \`${flow.name}\` | ${from} | ${PARTIES[flow.to]} | ${protocolOf(flow)} | ${flow.why} |`;
}

describe("the table of flows in infra/README.md", () => {
  it("says each flow as the code has it, in its order", () => {
    const lines = README.split("\n");
    const start = lines.findIndex((line) => /^\| Flow +\| From /.test(line));
    const rows = lines.slice(start + 2, lines.indexOf("", start));
    // Prettier pads the columns.
    const unpadded = rows.map((line) => line.replaceAll(/ +\|/g, " |").replaceAll(/\| +/g, "| "));
    expect(unpadded).toEqual(FLOWS.map(row));
  });
});
