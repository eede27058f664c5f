/**
 * The metrics of the functions as the CDK takes them.
 */
import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS, METRICS_NAMESPACE } from '../environment.ts';

export interface MetricView {
  /** Values of the dimensions that the metric has besides `service`. */
  readonly dimensions?: Readonly<Record<string, string>>;
  /** @default "Sum" */
  readonly statistic?: string;
  /** @default 5 minutes */
  readonly period?: Duration;
  readonly label?: string;
}

export function metricOf(service: string, name: keyof typeof METRICS, view: MetricView = {}): Metric {
  return new Metric({
    namespace: METRICS_NAMESPACE,
    metricName: METRICS[name].name,
    dimensionsMap: { service, ...view.dimensions },
    statistic: view.statistic ?? 'Sum',
    period: view.period ?? Duration.minutes(5),
    label: view.label,
  });
}

/** An expression that finds every combination of a metric's dimensions. */
export function searchOf(service: string, name: keyof typeof METRICS, period: Duration): string {
  const schema = [METRICS_NAMESPACE, 'service', ...METRICS[name].dimensions].join(',');
  return `SEARCH('{${schema}} service="${service}" MetricName="${METRICS[name].name}"', 'Sum', ${period.toSeconds()})`;
}
