/**
 * One page about a detector: what it read, what it found, how quickly, how well it is and what it costs.
 */
import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  MathExpression,
  type Metric,
  Row,
  SingleValueWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import type { FlowLogDetector } from './flow-log-detector.ts';
import { type MetricView, metricOf, searchOf } from './metrics.ts';
import type { StageFunction } from './stage-function.ts';

/**
 * List prices in US dollars, us-east-1, November 2026: AWS Lambda per GB-second and per request, SQS and S3 per request. A message costs
 * three requests (sent, received, deleted), an object one GET and about three PUTs.
 */
const PRICE = {
  gigabyteSecond: { arm64: 0.0000133334, x86_64: 0.0000166667 },
  invocation: 0.2e-6,
  message: 3 * 0.4e-6,
  object: 0.4e-6 + 3 * 5e-6,
};

const WIDTH = 24;

export function makeDashboard(detector: FlowLogDetector, service: string): Dashboard {
  const metric = (name: Parameters<typeof metricOf>[1], view?: MetricView) => metricOf(service, name, view);
  const dashboard = new Dashboard(detector, 'Dashboard', { defaultInterval: Duration.days(1) });
  const rows: IWidget[][] = [
    [new AlarmStatusWidget({ title: 'Alarms', alarms: detector.alarms.alarms, width: WIDTH, height: 3 })],
    [
      graph('Log objects', [metric('objects'), metric('objectsFailed')]),
      graph('Records and conversations', [metric('records'), metric('conversations'), metric('conversationsFolded')]),
      graph('Bytes of logs', [metric('bytes')]),
    ],
    [
      graph('Not seen', [metric('malformed'), metric('skipData')]),
      graph('Highest score of an object', scores(metric)),
      graph('Findings by type and severity', [found(service)]),
    ],
    [
      graph('Seconds from delivery to finding', latencies(metric)),
      graph('Messages', [metric('messages'), metric('suppressed'), metric('channelFailures')]),
      graph('Canary', [metric('canaryFound'), metric('canaryMissed')]),
    ],
    [
      graph('Waiting', [
        detector.detect.queue.queue.metricApproximateNumberOfMessagesVisible({ label: 'detect' }),
        detector.notify.queue.queue.metricApproximateNumberOfMessagesVisible({ label: 'notify' }),
      ]),
      graph(
        'Duration',
        functionsOf(detector).map(({ handler }) => handler.metricDuration({ statistic: 'p90' })),
      ),
      new SingleValueWidget({
        title: 'Estimated cost in US dollars per day',
        metrics: [cost(detector, service)],
        width: WIDTH / 3,
      }),
    ],
    [
      new TextWidget({
        markdown:
          'The cost is that of Lambda, SQS and S3 requests by list prices of us-east-1; delivery of the logs, storage and CloudWatch come on top.',
        width: WIDTH,
        height: 1,
      }),
    ],
  ];
  for (const row of rows) dashboard.addWidgets(new Row(...row));
  return dashboard;
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: WIDTH / 3, height: 6, leftYAxis: { min: 0 } });
}

type MetricsOf = (name: Parameters<typeof metricOf>[1], view?: MetricView) => Metric;

const QUANTILES = ['p50', 'p90', 'p99', 'Maximum'];

function scores(metric: MetricsOf): Metric[] {
  return QUANTILES.map((statistic) => metric('topScore', { statistic, label: statistic }));
}

function latencies(metric: MetricsOf): Metric[] {
  return QUANTILES.map((statistic) => metric('deliveryToFindingSeconds', { statistic, label: statistic }));
}

function found(service: string): MathExpression {
  const period = Duration.hours(1);
  return new MathExpression({ expression: searchOf(service, 'findings', period), usingMetrics: {}, label: '', period });
}

function functionsOf({ detect, correlate, notify, canary }: FlowLogDetector): StageFunction[] {
  const functions = [detect.function, correlate.function, notify.function];
  return canary === undefined ? functions : [...functions, canary.function];
}

function cost(detector: FlowLogDetector, service: string): MathExpression {
  const day = { statistic: 'Sum', period: Duration.days(1) };
  const usingMetrics: Record<string, IMetric> = {};
  const terms: string[] = [];
  const add = (id: string, metric: IMetric, price: number) => {
    usingMetrics[id] = metric;
    // CloudWatch takes no exponents.
    terms.push(`FILL(${id},0)*${price.toFixed(14)}`);
  };
  for (const [index, { handler, memory }] of functionsOf(detector).entries()) {
    const isArm = handler.architecture === Architecture.ARM_64;
    const perSecond = PRICE.gigabyteSecond[isArm ? 'arm64' : 'x86_64'] * (memory.toMebibytes() / 1_024);
    // Lambda measures duration in milliseconds.
    add(`d${index}`, handler.metricDuration(day), perSecond / 1_000);
    add(`i${index}`, handler.metricInvocations(day), PRICE.invocation);
  }
  for (const [index, { queue }] of [detector.detect.queue, detector.notify.queue].entries()) {
    add(`q${index}`, queue.metricNumberOfMessagesSent(day), PRICE.message);
  }
  add('o', metricOf(service, 'objects', { period: Duration.days(1) }), PRICE.object);
  return new MathExpression({
    expression: terms.join('+'),
    usingMetrics,
    label: 'US dollars',
    period: Duration.days(1),
  });
}
