/**
 * Logs and metrics of the functions. A log line never holds a record or the content of an object, only its name and counts.
 */
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { METRICS, METRICS_NAMESPACE, type Metric, SERVICE_DEFAULT, SERVICE_VARIABLE } from '../../lib/environment.ts';

const serviceName = process.env[SERVICE_VARIABLE] || SERVICE_DEFAULT;

export const logger = new Logger({ serviceName });
export const metrics = new Metrics({ serviceName, namespace: METRICS_NAMESPACE });

/** Adds to a metric of the table; its dimensions, if it has any, in the table's order. */
export function count(key: keyof typeof METRICS, value: number, ...dimensions: readonly string[]): void {
  const metric: Metric = METRICS[key];
  if (metric.dimensions.length !== dimensions.length) {
    throw new Error(`the metric ${metric.name} has the dimensions [${metric.dimensions}], got [${dimensions}]`);
  }
  const target = dimensions.length === 0 ? metrics : metrics.singleMetric();
  for (const [index, name] of metric.dimensions.entries()) target.addDimension(name, dimensions[index]);
  target.addMetric(metric.name, metric.unit, value);
}
