/** One number, with the labels that tell it from its sisters. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
  /** `_bucket`, `_sum`, `_count`: only of histograms. */
  readonly suffix?: string;
}

/** All numbers of one name. */
export interface Metric {
  /** Without the `_total` of counters. */
  readonly name: string;
  readonly type: "gauge" | "counter" | "histogram";
  readonly help: string;
  readonly samples: readonly Sample[];
}

/**
 * OpenMetrics text (prometheus.io/docs/specs/om/open_metrics_spec): what a node exporter's textfile collector reads. Metrics
 * without samples are left out.
 */
export function formatOpenMetrics(metrics: readonly Metric[]): string {
  const lines = metrics
    .filter(({ samples }) => samples.length > 0)
    .flatMap((metric) => [
      `# TYPE ${metric.name} ${metric.type}`,
      `# HELP ${metric.name} ${escape(metric.help)}`,
      ...metric.samples.map((sample) => line(metric, sample)),
    ]);
  return [...lines, "# EOF", ""].join("\n");
}

function line({ name, type }: Metric, { labels = {}, value, suffix }: Sample): string {
  const ending = suffix ?? (type === "counter" ? "_total" : "");
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escape(text)}"`);
  const label = pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
  return `${name}${ending}${label} ${value}`;
}

/** Backslash, quote and line break: the text may be OCI's. */
function escape(text: string): string {
  return text
    .replaceAll("\\", String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll("\n", String.raw`\n`);
}
